import Testing

@Suite("the rule on imports")
struct ImportRuleTests {
    private let rule = ImportRule([
        Room("Addressing", floor: 1),
        Room("Ruleset", floor: 2, rooms: ["Addressing"]),
        Room("Netfilter", floor: 4, rooms: ["Ruleset"], libraries: ["Foundation"]),
    ])

    @Test(
        "every way to import is seen",
        arguments: [
            "import Foundation", "package import Foundation", "internal import Foundation",
            "@preconcurrency import Foundation", "@_exported public import Foundation",
            "import struct Foundation.Date", "package import func Foundation.exit",
            "@testable import Foundation", "    import Foundation // why",
        ])
    func everyWay(line: String) {
        let file = SourceFile(path: "Sources/Ruleset/A.swift", text: "\n\(line)\n")
        #expect(
            rule.violations(in: file).map(\.description)
                == ["Sources/Ruleset/A.swift:2: Ruleset may not import Foundation"])
    }

    @Test("what the table lists may be imported, and nothing else")
    func listed() {
        let text = "import Addressing\nimport Ruleset\nimport Foundation\nimport NIOCore"
        let file = SourceFile(path: "Sources/Netfilter/A.swift", text: text)
        #expect(
            rule.violations(in: file).map(\.message) == [
                "Netfilter may not import Addressing", "Netfilter may not import NIOCore",
            ])
    }

    @Test("a sentence about imports is none")
    func sentences() {
        let text = "// import Foundation\nlet a = \"import Foundation\"\nlet isimport = 1"
        let file = SourceFile(path: "Sources/Addressing/A.swift", text: text)
        #expect(rule.violations(in: file).isEmpty)
    }

    @Test("a folder that is no room is refused")
    func unknownRoom() {
        let file = SourceFile(path: "Sources/Helpers/A.swift", text: "")
        #expect(
            rule.violations(in: file).map(\.message)
                == ["Helpers is no room of Architecture.swift"])
    }
}

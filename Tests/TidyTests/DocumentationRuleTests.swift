import Testing

@Suite("the rule on documentation")
struct DocumentationRuleTests {
    @Test(
        "a declaration other rooms see needs a doc comment right above it",
        arguments: [
            "package struct A {", "    package let a: Int", "// A comment.\npackage func a() {",
            "/// About something else.\n\npackage enum A {", "@discardableResult package func a()",
            "let b = 1\n@discardableResult\npackage func a()", "final package class A {",
            "package private(set) var a = 1", "package init(a: Int) {",
        ])
    func undocumented(text: String) {
        #expect(violations(in: text).count == 1)
    }

    @Test(
        "with one it passes, attributes between allowed",
        arguments: [
            "/// A thing.\npackage struct A {", "    /// A number.\n    package let a: Int",
            "/// One.\n/// Two.\n@discardableResult\n@inlinable\npackage func a()",
            "/** A thing. */\npackage struct A {",
        ])
    func documented(text: String) {
        #expect(violations(in: text).isEmpty)
    }

    @Test(
        "what needs none",
        arguments: [
            "struct A {", "package import Addressing", "// package struct A", "let a = \"package\"",
            "package static func < (left: A, right: A) -> Bool {",
            "package static func == (left: A, right: A) -> Bool {",
            "package var description: String {", "package func hash(into hasher: inout Hasher) {",
            "package init(from decoder: any Decoder) throws {",
            ".product(name: \"A\", package: \"a\")",
        ])
    func exempt(text: String) {
        #expect(violations(in: text).isEmpty)
    }

    @Test("a protocol explains the members of the extension that adds the conformance")
    func conformance() {
        let member = "    package func a() {}\n}\n"
        #expect(violations(in: "extension A: B {\n" + member).isEmpty)
        #expect(violations(in: "extension A {\n" + member).count == 1)
        #expect(violations(in: "extension A where B: C {\n" + member).count == 1)
        #expect(violations(in: "extension A: B {\n}\nstruct A {\n" + member).count == 1)
    }

    @Test("Kubernetes explains KubeAPI's fields, and nothing else there")
    func kubernetes() {
        let field = "    package var clusterIP: String?"
        let computed = "    package var isHeadless: Bool { clusterIP == nil }"
        let text = field + "\n" + computed
        let file = SourceFile(path: "Sources/KubeAPI/A.swift", text: text)
        #expect(DocumentationRule().violations(in: file).map(\.line) == [2])
        #expect(violations(in: text).map(\.line) == [1, 2])
    }

    @Test("a violation shows the declaration and its line")
    func report() {
        #expect(
            violations(in: "\n    package func a() {}").map(\.description)
                == ["Sources/A/A.swift:2: `package func a() {}` has no doc comment"])
    }

    private func violations(in text: String) -> [Violation] {
        DocumentationRule().violations(in: SourceFile(path: "Sources/A/A.swift", text: text))
    }
}

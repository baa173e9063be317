import Testing

@Suite("the rules on what code may say")
struct BannedCodeRuleTests {
    @Test(
        "impurities are seen",
        arguments: [
            "func a() async {", "let b = await c", "Task { }", "let now = Date()",
            "let now = ContinuousClock.now", "var g = SystemRandomNumberGenerator()",
            "Bool.random()", "items.shuffled()", "print(a)", "let a: any Clock",
            "f(\"\\(Date())\")",
        ])
    func impure(line: String) {
        #expect(BannedCodeRule.purity.violations(in: file(line)).count == 1)
    }

    @Test(
        "what only looks like one is not",
        arguments: [
            "// an async call", "let a = \"Date()\"", "struct UpdateDate {}",
            "let asynchronous = 1",
            "let timeout: Duration", "blueprint(a)", "let isTaskDone = true", "Date2()",
            "Bool.random(using: &g)", "items.shuffled(using: &g)",
        ])
    func pure(line: String) {
        #expect(BannedCodeRule.purity.violations(in: file(line)).isEmpty)
    }

    @Test("a random choice needs a generator, on its line or the next")
    func randomness() {
        let rule = RandomnessRule()
        #expect(rule.violations(in: file("Int.random(in: 0..<3)")).map(\.line) == [1])
        #expect(rule.violations(in: file("Int.random(in: 0..<3, using: &g)")).isEmpty)
        #expect(rule.violations(in: file("Int.random(in: 0..<3,\n    using: &g)")).isEmpty)
    }

    @Test(
        "escapes are seen",
        arguments: [
            "final class A: @unchecked Sendable {", "Task.detached { }", "let a = try! b()",
            "fatalError(\"no\")", "@_exported import A", "let s = DispatchSemaphore(value: 0)",
        ])
    func escapes(line: String) {
        #expect(BannedCodeRule.everywhere.violations(in: file(line)).count == 1)
    }

    @Test(
        "what is not an escape is let through",
        arguments: [
            "let a = try b()", "let a = try? b()", "preconditionFailure(\"no\")",
            "struct A: Sendable {", "// try! is refused",
        ])
    func noEscapes(line: String) {
        #expect(BannedCodeRule.everywhere.violations(in: file(line)).isEmpty)
    }

    @Test("banned words are seen in comments and strings too")
    func bannedText() {
        let rule = BannedTextRule(phrases: ["LATER": "now"])
        let file = SourceFile(path: "docs/a.md", text: "a\n// LATER: b\nlet c = \"LATER\"\nlater")
        #expect(
            rule.violations(in: file).map(\.description)
                == ["docs/a.md:2: `LATER`: now", "docs/a.md:3: `LATER`: now"])
    }

    @Test("the banned words and paths are the ones meant")
    func bannedWords() {
        let text = ["TO" + "DO", "FIX" + "ME", "cd /wor" + "k/a", "/ro" + "ot/a"]
            .joined(separator: "\n")
        let file = SourceFile(path: "docs/a.md", text: text)
        #expect(BannedTextRule.everywhere.violations(in: file).map(\.line) == [1, 2, 3, 4])
        let innocent = SourceFile(path: "docs/a.md", text: "a worked example in network/root")
        #expect(BannedTextRule.everywhere.violations(in: innocent).isEmpty)
    }

    @Test("empty names are seen where a type is declared")
    func names() {
        let declarations = [
            "struct ChainManager {", "final class RuleHelper {", "package enum StringUtils {",
            "actor StoreImpl {", "typealias UserManager = User", "protocol SetUtil {",
        ]
        for line in declarations {
            #expect(NamingRule().violations(in: file(line)).count == 1, "\(line)")
        }
        for line in ["let files = FileManager.default", "struct Manage {", "// class AHelper"] {
            #expect(NamingRule().violations(in: file(line)).isEmpty, "\(line)")
        }
    }

    private func file(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/A/A.swift", text: text)
    }
}

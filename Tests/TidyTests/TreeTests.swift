import Testing

/// The rules against the whole repository; each reports all its violations at once.
@Suite("the repository")
struct TreeTests {
    @Test("sources import what the architecture allows")
    func imports() throws {
        let rule = ImportRule(architecture)
        try expectNone(Repository.sources().filter(\.isSwift), rule.violations)
    }

    @Test("floors 1 to 3 know no clock, no randomness, no I/O and do not wait")
    func purity() throws {
        let pure = Set(architecture.filter(\.isPure).map(\.name))
        let files = try Repository.sources().filter { pure.contains($0.room) }
        expectNone(files) { file in
            BannedCodeRule.purity.violations(in: file) + RandomnessRule().violations(in: file)
        }
    }

    @Test("no source escapes the compiler's checks or the structure of concurrency")
    func escapes() throws {
        try expectNone(
            Repository.sources().filter(\.isSwift), BannedCodeRule.everywhere.violations)
    }

    @Test("files have at most 250 lines")
    func fileSize() throws {
        try expectNone(Repository.code(), FileSizeRule().violations)
    }

    @Test("functions have at most 70 lines")
    func functionSize() throws {
        try expectNone(Repository.code().filter(\.isSwift), FunctionSizeRule().violations)
    }

    @Test("types are named for what they are")
    func names() throws {
        try expectNone(Repository.code().filter(\.isSwift), NamingRule().violations)
    }

    @Test("everything other rooms see is documented")
    func documentation() throws {
        try expectNone(Repository.sources().filter(\.isSwift), DocumentationRule().violations)
    }

    @Test("nothing is left to do, and nothing names a path of one machine")
    func text() throws {
        try expectNone(Repository.everything(), BannedTextRule.everywhere.violations)
    }

    private func expectNone(
        _ files: [SourceFile], _ violations: (SourceFile) -> [Violation],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(!files.isEmpty, "no files to check", sourceLocation: sourceLocation)
        let found = files.flatMap(violations)
        guard !found.isEmpty else { return }
        let report = found.map { "\n\($0)" }.sorted().joined()
        Issue.record("\(found.count) violations:\(report)", sourceLocation: sourceLocation)
    }
}

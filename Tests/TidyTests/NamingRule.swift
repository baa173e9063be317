/// Refuses type names that say nothing about the type.
struct NamingRule {
    static let emptyEndings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl"]

    func violations(in file: SourceFile) -> [Violation] {
        let keywords: Set<Substring> = [
            "actor", "class", "enum", "protocol", "struct", "typealias",
        ]
        var violations: [Violation] = []
        for (index, line) in file.codeLines.enumerated() {
            let words = words(line)
            for (keyword, name) in zip(words, words.dropFirst()) where keywords.contains(keyword) {
                for ending in Self.emptyEndings where name.hasSuffix(ending) {
                    violations.append(
                        file.violation(
                            at: index, "`\(name)`: \(ending) says nothing; name what it is"))
                }
            }
        }
        return violations
    }
}

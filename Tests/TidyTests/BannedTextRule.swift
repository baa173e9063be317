/// Refuses words anywhere in a file, comments and strings included.
struct BannedTextRule {
    /// Put together here, so that this file does not contain them.
    static let everywhere = BannedTextRule(phrases: [
        "TO" + "DO": "finish it, or write an issue",
        "FIX" + "ME": "finish it, or write an issue",
        "/wor" + "k/": "a path of one machine",
        "/ro" + "ot/": "a path of one machine",
    ])

    /// What is refused, and why.
    let phrases: [String: String]

    func violations(in file: SourceFile) -> [Violation] {
        file.lines.enumerated().flatMap { index, line in
            phrases.sorted { $0.key < $1.key }.compactMap { phrase, reason in
                line.contains(phrase)
                    ? file.violation(at: index, "`\(phrase)`: \(reason)") : nil
            }
        }
    }
}

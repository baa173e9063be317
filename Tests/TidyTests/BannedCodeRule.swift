/// Refuses code that contains a phrase: words in a row, or text with punctuation.
///
/// Comments and strings may contain it.
struct BannedCodeRule {
    /// What is refused, and why.
    let phrases: [String: String]

    func violations(in file: SourceFile) -> [Violation] {
        file.codeLines.enumerated().flatMap { index, line in
            phrases.sorted { $0.key < $1.key }.compactMap { phrase, reason in
                occurs(phrase, in: line)
                    ? file.violation(at: index, "`\(phrase)`: \(reason)") : nil
            }
        }
    }

    /// Whether the phrase occurs with no letter or digit touching its own letters and digits.
    private func occurs(_ phrase: String, in line: Substring) -> Bool {
        line.ranges(of: phrase).contains { range in
            let before = line[..<range.lowerBound].last
            let after = line[range.upperBound...].first
            let isPartAtStart =
                (phrase.first?.isPartOfWord ?? false) && before?.isPartOfWord == true
            let isPartAtEnd = (phrase.last?.isPartOfWord ?? false) && after?.isPartOfWord == true
            return !isPartAtStart && !isPartAtEnd
        }
    }
}

extension Character {
    fileprivate var isPartOfWord: Bool { isLetter || isNumber || self == "_" }
}

extension BannedCodeRule {
    /// What the rooms of floors 1 to 3 promise not to know.
    static let purity = BannedCodeRule(phrases: [
        "async": "pure rooms do not wait",
        "await": "pure rooms do not wait",
        "Task": "pure rooms start nothing",
        "Date": "pass the time in",
        "Clock": "pass the time in",
        "ContinuousClock": "pass the time in",
        "SuspendingClock": "pass the time in",
        "SystemRandomNumberGenerator": "pass a generator in",
        ".random()": "pass a generator in",
        ".randomElement()": "pass a generator in",
        ".shuffle()": "pass a generator in",
        ".shuffled()": "pass a generator in",
        "print(": "pure rooms do no I/O",
        "readLine(": "pure rooms do no I/O",
    ])

    /// What no source may contain.
    static let everywhere = BannedCodeRule(phrases: [
        "@unchecked Sendable": "prove it to the compiler, or use Mutex",
        "Task.detached": "concurrency is structure",
        "DispatchSemaphore": "a waiting thread is missing elsewhere",
        "try!": "errors are typed and handled",
        "fatalError(": "precondition for broken invariants, errors for the rest",
        "@_exported": "a room's imports are its own",
    ])
}

/// Refuses random choices without a generator, `random(in:)` with no `using:` behind it.
struct RandomnessRule {
    func violations(in file: SourceFile) -> [Violation] {
        file.codeLines.indices.compactMap { index in
            let line = file.codeLines[index]
            guard let call = line.firstRange(of: ".random(in:") else { return nil }
            // The formatter may have put the second argument on the next line.
            let next = index + 1 < file.codeLines.count ? file.codeLines[index + 1] : ""
            guard !line[call.upperBound...].contains("using:"), !next.contains("using:") else {
                return nil
            }
            return file.violation(at: index, "`.random(in:)`: pass a generator in")
        }
    }
}

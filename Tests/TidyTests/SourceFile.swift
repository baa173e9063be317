/// A file of the repository, as the rules see it.
struct SourceFile {
    /// The path from the repository's root, such as `Sources/Addressing/Port.swift`.
    let path: String
    /// The lines as they are written.
    let lines: [Substring]
    /// The same lines with the insides of comments and string literals blanked.
    let codeLines: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        self.codeLines = codeOnly(text).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The target's folder: the second part of `Sources/Addressing/Port.swift`.
    var room: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isC: Bool { path.hasSuffix(".c") || path.hasSuffix(".h") }
    var isInSources: Bool { path.hasPrefix("Sources/") }

    /// How many lines an editor shows: the last line break ends a line and begins none.
    var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

    /// A violation at the line with this index, counted from zero.
    func violation(at index: Int, _ message: String) -> Violation {
        Violation(path: path, line: index + 1, message: message)
    }
}

/// A place that breaks a rule.
struct Violation: Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// The words of a line of code: what could be an identifier or a keyword.
func words(_ line: some StringProtocol) -> [Substring] {
    String(line).split { !($0.isLetter || $0.isNumber || $0 == "_") }
}

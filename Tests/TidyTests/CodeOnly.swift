/// The text with the insides of comments and string literals replaced by spaces.
///
/// Line breaks stay, and so do the quotes and the code inside interpolations, so that a place in the
/// result is the same place in the text.
func codeOnly(_ text: String) -> String {
    var scanner = CodeScanner(text: Array(text.utf8))
    return scanner.scan()
}

private struct CodeScanner {
    /// What surrounds the current place; interpolations nest code in strings in code.
    private enum Surroundings {
        /// Code; inside an interpolation the number of parentheses that are open in it.
        case code(openParentheses: Int?)
        case string(hashes: Int, quotes: Int)
    }

    private let text: [UInt8]
    private var result: [UInt8] = []
    private var position = 0
    private var surroundings: [Surroundings] = [.code(openParentheses: nil)]

    init(text: [UInt8]) {
        self.text = text
        result.reserveCapacity(text.count)
    }

    mutating func scan() -> String {
        while position < text.count {
            switch surroundings.last {
            case .string(let hashes, let quotes): scanString(hashes: hashes, quotes: quotes)
            case .code(let open): scanCode(openParentheses: open)
            case nil: keep(1)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private mutating func scanCode(openParentheses: Int?) {
        if sees("//") {
            while position < text.count, !sees("\n") { blank(1) }
        } else if sees("/*") {
            blankBlockComment()
        } else if let opening = stringOpening() {
            surroundings.append(.string(hashes: opening.hashes, quotes: opening.quotes))
            keep(opening.hashes + opening.quotes)
        } else {
            if let open = openParentheses { countParenthesis(open: open) }
            keep(1)
        }
    }

    private mutating func countParenthesis(open: Int) {
        if sees("(") {
            surroundings[surroundings.count - 1] = .code(openParentheses: open + 1)
        } else if sees(")"), open > 0 {
            surroundings[surroundings.count - 1] = .code(openParentheses: open - 1)
        } else if sees(")") {
            surroundings.removeLast()
        }
    }

    private mutating func scanString(hashes: Int, quotes: Int) {
        let hashMarks = String(repeating: "#", count: hashes)
        if sees("\\" + hashMarks + "(") {
            blank(1 + hashes)
            keep(1)
            surroundings.append(.code(openParentheses: 0))
        } else if sees("\\" + hashMarks) {
            blank(1 + hashes)
            if position < text.count { blank(1) }
        } else if sees(String(repeating: "\"", count: quotes) + hashMarks) {
            surroundings.removeLast()
            keep(quotes + hashes)
        } else if quotes == 1, sees("\n") {
            surroundings.removeLast()  // Not Swift, or a regular expression: lose one line at most.
        } else {
            blank(1)
        }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && position < text.count
    }

    /// The hashes and quotes at this place, if a string literal begins here.
    private func stringOpening() -> (hashes: Int, quotes: Int)? {
        var place = position
        while place < text.count, text[place] == UInt8(ascii: "#") { place += 1 }
        let hashes = place - position
        guard place < text.count, text[place] == UInt8(ascii: "\"") else { return nil }
        let isMultiline = text[place...].starts(with: "\"\"\"".utf8)
        return (hashes, isMultiline ? 3 : 1)
    }

    private func sees(_ expected: String) -> Bool {
        text[position...].starts(with: expected.utf8)
    }

    private mutating func keep(_ count: Int) {
        result += text[position..<position + count]
        position += count
    }

    private mutating func blank(_ count: Int) {
        let end = min(position + count, text.count)
        let newline = UInt8(ascii: "\n")
        result += text[position..<end].map { $0 == newline ? newline : UInt8(ascii: " ") }
        position = end
    }
}

/// Refuses files that are too long to be read at a sitting.
struct FileSizeRule {
    static let most = 250

    func violations(in file: SourceFile) -> [Violation] {
        guard file.lineCount > Self.most else { return [] }
        return [
            file.violation(
                at: Self.most, "the file has \(file.lineCount) lines, more than \(Self.most)")
        ]
    }
}

/// Refuses functions, initialisers and computed properties that are too long for one screen.
struct FunctionSizeRule {
    static let most = 70

    func violations(in file: SourceFile) -> [Violation] {
        functions(in: file).compactMap { function in
            guard function.lineCount > Self.most else { return nil }
            return file.violation(
                at: function.firstIndex,
                "`\(function.name)` has \(function.lineCount) lines, more than \(Self.most)")
        }
    }

    /// A declaration with a body, from its first line to its closing brace.
    struct Function: Hashable {
        let name: String
        let firstIndex: Int
        let lineCount: Int
    }

    /// Finds the bodies by matching braces.
    func functions(in file: SourceFile) -> [Function] {
        let tokens = tokens(of: file)
        return tokens.indices.compactMap { index -> Function? in
            let token = tokens[index]
            let isMember = index > 0 && tokens[index - 1].text == "."
            guard ["func", "init", "deinit", "subscript", "var"].contains(token.text), !isMember,
                let opening = bodyOpening(after: index, in: tokens),
                let closing = matchingBrace(of: opening, in: tokens)
            else { return nil }
            let next = tokens[index + 1].text
            let isNamed = token.text == "func" || token.text == "var"
            return Function(
                name: isNamed ? "\(token.text) \(next)" : String(token.text),
                firstIndex: token.lineIndex,
                lineCount: tokens[closing].lineIndex - token.lineIndex + 1)
        }
    }

    private struct Token {
        let text: Substring
        let lineIndex: Int
    }

    /// The words, and every other character by itself.
    private func tokens(of file: SourceFile) -> [Token] {
        var tokens: [Token] = []
        for (lineIndex, line) in file.codeLines.enumerated() {
            var rest = line
            while let first = rest.first {
                let isWord = first.isLetter || first == "_"
                let text =
                    isWord
                    ? rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" } : rest.prefix(1)
                if first != " " {
                    tokens.append(Token(text: text, lineIndex: lineIndex))
                }
                rest = rest[text.endIndex...]
            }
        }
        return tokens
    }

    /// The brace that opens the body, or nil for a requirement or a stored property.
    private func bodyOpening(after start: Int, in tokens: [Token]) -> Int? {
        let declarations: Set<Substring> = [
            "actor", "associatedtype", "case", "class", "deinit", "enum", "extension",
            "fileprivate", "func", "init", "internal", "let", "mutating", "package", "private",
            "protocol", "public", "static", "struct", "subscript", "typealias", "var",
        ]
        var depth = 0
        for index in tokens.indices.dropFirst(start + 1) {
            let text = tokens[index].text
            // A property's brace is on its line, or belongs to a later statement.
            if tokens[start].text == "var", tokens[index].lineIndex > tokens[start].lineIndex {
                return nil
            }
            switch text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return index
            case "}" where depth == 0: return nil
            case _ where depth == 0 && declarations.contains(text): return nil
            default: break
            }
        }
        return nil
    }

    private func matchingBrace(of opening: Int, in tokens: [Token]) -> Int? {
        var depth = 0
        for index in tokens.indices.dropFirst(opening) {
            switch tokens[index].text {
            case "{": depth += 1
            case "}": depth -= 1
            default: break
            }
            if depth == 0 { return index }
        }
        return nil
    }
}

/// Refuses declarations that other rooms see and that nothing explains.
///
/// What is explained elsewhere needs no sentence of its own: the members of an extension that adds
/// a conformance, by the protocol; the best known members of the standard library's protocols,
/// wherever they stand; and KubeAPI's fields, by Kubernetes' reference, whose names they bear.
struct DocumentationRule {
    func violations(in file: SourceFile) -> [Violation] {
        var isInConformance = false
        return file.codeLines.enumerated().compactMap { index, line in
            if line.first != " ", line.contains("{") { isInConformance = isConformance(line) }
            guard isPackageDeclaration(line), !isInConformance, !isKnownWitness(line),
                !(file.room == "KubeAPI" && isStoredField(line)),
                !isDocumented(file, declaration: index)
            else { return nil }
            let declaration = line.drop { $0 == " " }.prefix(60)
            return file.violation(at: index, "`\(declaration)` has no doc comment")
        }
    }

    private func isPackageDeclaration(_ line: Substring) -> Bool {
        let words = words(line)
        return words.contains("package") && !words.contains("import") && !line.contains("package:")
    }

    /// Whether the line is `extension A: B {`.
    private func isConformance(_ line: Substring) -> Bool {
        let head = line.prefix { $0 != "{" }
        let condition = head.firstRange(of: " where ")?.lowerBound ?? head.endIndex
        return words(head).contains("extension") && head[..<condition].contains(":")
    }

    private func isKnownWitness(_ line: Substring) -> Bool {
        let known = [
            "static func ==", "static func <", "var description:", "var debugDescription:",
            "func hash(into", "func encode(to ", "init(from decoder", "init(rawValue:",
        ]
        return known.contains { line.contains($0) }
    }

    private func isStoredField(_ line: Substring) -> Bool {
        line.drop { $0 == " " }.hasPrefix("package var ") && !line.contains("{")
    }

    /// Whether the nearest line above, attributes aside, is a doc comment.
    private func isDocumented(_ file: SourceFile, declaration: Int) -> Bool {
        var index = declaration - 1
        while index >= 0, file.codeLines[index].drop(while: { $0 == " " }).first == "@" {
            index -= 1
        }
        guard index >= 0 else { return false }
        let above = file.lines[index].drop { $0 == " " }
        return above.hasPrefix("///") || above.hasSuffix("*/")
    }
}

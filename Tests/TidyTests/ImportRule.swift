/// Refuses imports that the architecture does not allow.
struct ImportRule {
    let rooms: [String: Room]

    init(_ architecture: [Room]) {
        self.rooms = Dictionary(uniqueKeysWithValues: architecture.map { ($0.name, $0) })
    }

    func violations(in file: SourceFile) -> [Violation] {
        guard let room = rooms[file.room] else {
            return [file.violation(at: 0, "\(file.room) is no room of Architecture.swift")]
        }
        return imports(in: file).compactMap { index, module in
            if module == room.name || room.rooms.contains(module)
                || room.libraries.contains(module)
            {
                return nil
            }
            return file.violation(at: index, "\(room.name) may not import \(module)")
        }
    }

    /// The modules a file imports, with the index of the line.
    func imports(in file: SourceFile) -> [(index: Int, module: String)] {
        let kinds: Set<Substring> = [
            "actor", "class", "enum", "func", "let", "protocol", "struct", "typealias", "var",
        ]
        return file.codeLines.enumerated().compactMap { index, line in
            let words = words(line)
            guard let keyword = words.firstIndex(of: "import"),
                words[..<keyword].allSatisfy(isImportModifier)
            else { return nil }
            var rest = words[(keyword + 1)...]
            if let kind = rest.first, kinds.contains(kind) { rest = rest.dropFirst() }
            return rest.first.map { (index, String($0)) }
        }
    }

    private func isImportModifier(_ word: Substring) -> Bool {
        [
            "public", "package", "internal", "fileprivate", "private", "testable",
            "preconcurrency", "_exported", "_implementationOnly", "_spi",
        ].contains(word)
    }
}

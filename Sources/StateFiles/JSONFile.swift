import FoundationEssentials

/// A file that holds one value and outlives a restart: replaced as a whole, so that it is always
/// a complete one.
package struct JSONFile<Content: Codable & Sendable>: Sendable {
    /// Where it is.
    package let path: String

    /// Names a file, which need not be there yet.
    package init(path: String) {
        self.path = path
    }

    /// What an earlier run wrote; nil if there is no file, or none that can be read.
    package func read() -> Content? {
        FileManager.default.contents(atPath: path).flatMap {
            try? JSONDecoder().decode(Content.self, from: $0)
        }
    }

    /// Writes the value in the place of the one before; throws Foundation's error.
    package func write(_ content: Content) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(content).write(to: URL(filePath: path), options: .atomic)
    }
}

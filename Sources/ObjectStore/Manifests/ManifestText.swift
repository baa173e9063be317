/// Cuts a file's text into its YAML documents, so that one that cannot be parsed does not take
/// the others with it.
enum ManifestText {
    /// One document.
    struct Document: Hashable, Sendable {
        /// The text, its `---` line included.
        let text: String
        /// The line of the file that the text begins at, counted from one.
        let line: Int
    }

    /// The documents that hold more than blanks and comments.
    ///
    /// YAML allows `---` at the start of a line nowhere but between documents, not even inside
    /// quotes or block scalars (YAML 1.2.2, production 206, `c-forbidden`).
    static func documents(of text: String) -> [Document] {
        var documents: [Document] = []
        var start = text.utf8.startIndex
        var startLine = 1
        var line = 1
        var hasContent = false
        // A `%` line belongs to the document that the next `---` begins.
        var hasDirective = false
        for range in lineRanges(of: text) {
            let content = text.utf8[range]
            if content.starts(with: "---".utf8), isMarker(content) {
                if hasContent {
                    documents.append(
                        Document(text: String(text[start..<range.lowerBound]), line: startLine))
                }
                if hasContent || !hasDirective { (start, startLine) = (range.lowerBound, line) }
                hasDirective = false
                hasContent = !isBlank(content.dropFirst(3))
            } else if !hasContent {
                let isDirective = content.first == UInt8(ascii: "%")
                hasDirective = hasDirective || isDirective
                hasContent = !isDirective && !isBlank(content)
            }
            line += 1
        }
        if hasContent { documents.append(Document(text: String(text[start...]), line: startLine)) }
        return documents
    }

    private static func lineRanges(of text: String) -> some Sequence<Range<String.Index>> {
        sequence(state: text.utf8.startIndex) { position -> Range<String.Index>? in
            let bytes = text.utf8
            guard position < bytes.endIndex else { return nil }
            let start = position
            let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            position = newline.map { bytes.index(after: $0) } ?? bytes.endIndex
            return start..<(newline ?? bytes.endIndex)
        }
    }

    /// Whether a line that begins with `---` ends a document: `---x` is ordinary text.
    private static func isMarker(_ line: Substring.UTF8View) -> Bool {
        line.dropFirst(3).first.map(isSpace) ?? true
    }

    private static func isBlank(_ line: Substring.UTF8View) -> Bool {
        let first = line.first { !isSpace($0) }
        return first == nil || first == UInt8(ascii: "#")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}

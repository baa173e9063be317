/// What a server reads of a query: header, question and extensions, and nothing else is built.
package struct Query: Hashable, Sendable {
    /// The header; a response also reads, so look at `isResponse` and `opcode` first.
    package let header: MessageHeader
    /// The one question.
    package let question: Question
    /// EDNS0, if the client knows it.
    package let extensions: ExtensionOptions?

    /// Reads a query.
    ///
    /// Records other than the extensions (an IXFR's SOA, a signature) are passed over; bytes after
    /// the last record are not looked at. Allocates the name of the question, and options if any.
    ///
    /// - Throws: `questionCount` unless it asks exactly one question.
    package init(parsing message: RawSpan) throws(MessageError) {
        var offset = 0
        var (header, counts) = try message.readHeader(at: &offset)
        guard counts.questions == 1 else { throw MessageError(.questionCount, at: 4) }
        self.question = try message.readQuestion(at: &offset)
        for _ in 0..<counts.answers + counts.authorities {
            try message.skipRecord(at: &offset)
        }
        var extensions: ExtensionOptions?
        for _ in 0..<counts.additionals {
            let start = offset
            let head = try message.readRecordHead(at: &offset, question: question.name)
            guard head.type == .opt else { continue }
            guard extensions == nil else { throw MessageError(.badExtensions, at: start) }
            extensions = try message.readExtensions(of: head, header: &header)
        }
        self.header = header
        self.extensions = extensions
    }

    /// Reads a query from an array.
    package init(parsing message: [UInt8]) throws(MessageError) {
        try self.init(parsing: unsafe message.span.bytes)
    }

    /// How many bytes a reply over UDP may have: what the client takes, but no more than we send.
    ///
    /// Without extensions it takes 512 (RFC 1035 section 4.2.1).
    package func datagramLimit(atMost maximum: Int) -> Int {
        min(maximum, extensions?.usablePayloadSize ?? 512)
    }
}

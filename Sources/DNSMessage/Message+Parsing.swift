extension Message {
    /// Reads a whole message; bytes after the last record are not looked at.
    ///
    /// Memory grows with the bytes that are there, never with the counts of the header. A time to
    /// live beyond 2^31 is taken for 0 (RFC 2181 section 8).
    package init(parsing message: RawSpan) throws(MessageError) {
        var offset = 0
        let (header, counts) = try message.readHeader(at: &offset)
        self.init(header: header)
        for _ in 0..<counts.questions {
            questions.append(try message.readQuestion(at: &offset))
        }
        answers = try readRecords(counts.answers, of: message, at: &offset)
        authorities = try readRecords(counts.authorities, of: message, at: &offset)
        additionals = try readRecords(
            counts.additionals, of: message, at: &offset, areAdditional: true)
    }

    /// Reads a whole message from an array.
    package init(parsing message: [UInt8]) throws(MessageError) {
        try self.init(parsing: unsafe message.span.bytes)
    }

    private mutating func readRecords(
        _ count: Int, of message: RawSpan, at offset: inout Int, areAdditional: Bool = false
    ) throws(MessageError) -> [ResourceRecord] {
        var records: [ResourceRecord] = []
        let question = questions.first?.name
        for _ in 0..<count {
            let start = offset
            let head = try message.readRecordHead(at: &offset, question: question)
            if head.type == .opt {
                guard areAdditional, extensions == nil else {
                    throw MessageError(.badExtensions, at: start)
                }
                extensions = try message.readExtensions(of: head, header: &header)
                continue
            }
            records.append(
                ResourceRecord(
                    name: head.name, class: head.class,
                    timeToLive: head.timeToLive > Int32.max ? 0 : head.timeToLive,
                    data: try message.readData(of: head)))
        }
        return records
    }
}

/// Writes messages, one after another, into one buffer.
///
/// Names are compressed where RFC 1035 allows it (owners, and the data of its own types), spelled
/// as they are. The question is echoed as asked, and an owner that equals its name becomes a
/// pointer to it: a client that plays with the case of letters gets back what it sent.
package struct MessageWriter: Sendable {
    /// What is left out of a message that is too long.
    package enum Truncation: Sendable {
        /// The whole record set that does not fit, and what follows it (RFC 2181 section 5).
        case wholeSets
        /// The records that do not fit, as CoreDNS does, for clients that never ask again over TCP.
        case records
    }

    /// Whether the message written last was truncated.
    package internal(set) var isTruncated = false

    let truncation: Truncation
    var buffer = MessageBuffer(capacity: Self.minimumLimit)
    var names = WrittenNames()
    /// The name of the first question, which stands right behind the header.
    var questionName: DomainName?
    /// Whether the endings of the question's name are among `names`: not before one is looked for.
    var isQuestionNoted = false

    /// The longest message: over TCP its length is said in two bytes.
    package static let maximumByteCount = 65535
    /// What every message may have (RFC 1035 section 4.2.1).
    package static let minimumLimit = 512

    /// A writer with an empty buffer.
    package init(truncation: Truncation = .wholeSets) {
        self.truncation = truncation
    }

    /// The message written last, in an array of its own.
    package var bytes: [UInt8] { buffer.bytes }

    /// Shows the message written last without a copy.
    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try buffer.withBytes(body)
    }

    /// Writes a whole message over the one before.
    ///
    /// - Parameters:
    ///   - message: What to say. The extensions come last.
    ///   - limit: The most bytes, taken for 512 or 65535 if it lies beyond. Answers or authorities
    ///     that do not fit are left out and the message says so (TC); additional records are left
    ///     out silently.
    package mutating func write(_ message: Message, limit: Int = Self.maximumByteCount) {
        begin(message.header)
        let limit = clamped(limit)
        append(message.questions, limit: limit)
        append(
            message.answers, message.authorities, message.additionals,
            extensions: message.extensions, code: message.header.responseCode, limit: limit)
        finish(message.header, extensions: message.extensions)
    }

    /// Writes a response over the message before, as `write(_:limit:)` without making a `Message`.
    package mutating func write(
        _ header: MessageHeader, question: Question?, answers: [ResourceRecord] = [],
        authorities: [ResourceRecord] = [], additionals: [ResourceRecord] = [],
        extensions: ExtensionOptions?, limit: Int = Self.maximumByteCount
    ) {
        begin(header)
        let limit = clamped(limit)
        if let question { append(CollectionOfOne(question), limit: limit) }
        append(
            answers, authorities, additionals, extensions: extensions,
            code: header.responseCode, limit: limit)
        finish(header, extensions: extensions)
    }

    private func clamped(_ limit: Int) -> Int {
        min(max(limit, Self.minimumLimit), Self.maximumByteCount)
    }
}

extension Message {
    /// The message on the wire, as `MessageWriter.write(_:limit:)` makes it.
    package func bytes(limit: Int = MessageWriter.maximumByteCount) -> [UInt8] {
        var writer = MessageWriter()
        writer.write(self, limit: limit)
        return writer.bytes
    }
}

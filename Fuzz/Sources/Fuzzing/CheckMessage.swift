import DNSMessage

/// Reads any bytes as a message: what reads is written, within several limits, and reads again.
package func checkMessage(_ input: [UInt8]) {
    guard let message = try? Message(parsing: input) else { return }
    let written = message.bytes()
    guard let again = try? Message(parsing: written) else {
        fatalError("what was written does not read: \(message)")
    }
    if again.header.isTruncated == message.header.isTruncated {
        precondition(again == message, "another message: \(message) \(again)")
        precondition(again.bytes() == written, "other bytes of \(message)")
    }
    for truncation in [MessageWriter.Truncation.wholeSets, .records] {
        var writer = MessageWriter(truncation: truncation)
        for limit in [512, 1232, input.count] {
            checkLimit(limit, of: message, with: &writer)
        }
    }
}

/// Whether a message within a limit is the beginning of the whole one.
private func checkLimit(_ limit: Int, of message: Message, with writer: inout MessageWriter) {
    writer.write(message, limit: limit)
    precondition(writer.bytes.count <= max(512, limit), "longer than \(limit)")
    guard let cut = try? Message(parsing: writer.bytes) else {
        fatalError("what was cut at \(limit) does not read: \(message)")
    }
    precondition(message.questions.starts(with: cut.questions))
    precondition(message.answers.starts(with: cut.answers))
    precondition(message.authorities.starts(with: cut.authorities))
    precondition(message.additionals.starts(with: cut.additionals))
    let isWhole =
        cut.questions == message.questions && cut.answers == message.answers
        && cut.authorities == message.authorities
    precondition(cut.header.isTruncated == (message.header.isTruncated || !isWhole))
}

import Addressing
import DNSMessage

/// Reads any bytes as a query, beside the reader of whole messages, and answers it.
package func checkQuery(_ input: [UInt8]) {
    let message = try? Message(parsing: input)
    do throws(MessageError) {
        let query = try Query(parsing: input)
        if let message {
            precondition(message.header == query.header)
            precondition(message.questions == [query.question])
            precondition(message.extensions == query.extensions)
        }
        answer(query)
    } catch {
        precondition(0...input.count ~= error.offset, "beyond the message: \(error)")
        precondition(error.isAnswerable == (input.count >= MessageHeader.byteCount))
        precondition(message == nil || message?.questions.count != 1, "a message: \(error)")
    }
}

/// Writes an address of the question's name, which must come back as it was asked.
private func answer(_ query: Query) {
    let record = ResourceRecord(
        name: query.question.name.lowercased, timeToLive: 5,
        data: .a(IPv4Address(rawValue: 0x0a60_0001)))
    var writer = MessageWriter()
    writer.write(
        query.header.response(.noError, isAuthoritative: true), question: query.question,
        answers: [record], extensions: query.extensions,
        limit: query.datagramLimit(atMost: 1232))
    guard let reply = try? Message(parsing: writer.bytes) else {
        fatalError("the reply does not read: \(query)")
    }
    precondition(reply.questions.first?.name.wire == query.question.name.wire)
    precondition(reply.answers == [record] && !reply.header.isTruncated)
    precondition(reply.answers.first?.name.wire == query.question.name.wire)
}

import Addressing
import DNSForwarding
import DNSMessage

/// A query that others have the answer to, or the rest of it.
struct ForwardRequest: Sendable {
    /// The header of the query.
    let header: MessageHeader
    /// The question as it was asked.
    let question: Question
    /// What others are asked: the question, or the same of the alias that it leads to.
    let target: Question
    /// The zone's records that lead from the question to the target.
    let aliases: [ResourceRecord]
    /// EDNS0 of the query.
    let extensions: ExtensionOptions?
    /// Who asked.
    let client: IPAddress
    /// How the query came.
    let transport: QueryTransport
    /// The most bytes that the answer may have.
    let limit: Int
    /// When the query came, in nanoseconds.
    let arrived: UInt64

    /// Whether the client wants signatures.
    var isDNSSECOK: Bool { extensions?.isDNSSECOK ?? false }

    /// Writes what others answered.
    ///
    /// The aliases are the zone's even where nothing is known of their end.
    ///
    /// - Parameters:
    ///   - answer: of the target.
    ///   - writer: takes the message.
    ///   - payloadBytes: the largest datagram that this server takes.
    func write(_ answer: ForwardedAnswer, to writer: inout MessageWriter, payloadBytes: Int) {
        var head = header.response(
            answer.responseCode, isAuthoritative: !aliases.isEmpty, isRecursionAvailable: true)
        // Only who knows what it means is told so (RFC 6840 section 5.8).
        head.isAuthenticData =
            answer.isAuthenticData && aliases.isEmpty && (header.isAuthenticData || isDNSSECOK)
        writer.write(
            head, question: question,
            answers: aliases.isEmpty ? answer.answers : aliases + answer.answers,
            authorities: answer.authorities,
            extensions: extensions.map { $0.reply(payloadBytes: payloadBytes) }, limit: limit)
    }
}

extension ExtensionOptions {
    /// What a response says: version 0, DO as it was asked (RFC 3225 section 3), no options.
    func reply(payloadBytes: Int) -> ExtensionOptions {
        ExtensionOptions(
            udpPayloadSize: UInt16(clamping: payloadBytes), isDNSSECOK: isDNSSECOK)
    }
}

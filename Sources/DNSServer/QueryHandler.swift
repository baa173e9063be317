import Addressing
import ClusterDNS
import DNSForwarding
import DNSMessage

/// Decides what a query gets; it neither waits nor knows of sockets.
///
/// Each thread has one of its own, with its own copy of the names and its own counts.
final class QueryHandler {
    /// What becomes of a query.
    enum Outcome {
        /// `reply` has its answer.
        case reply
        /// Others have to be asked first.
        case forward(ForwardRequest)
        /// It is not answered.
        case drop
    }

    /// What all handlers of a server share.
    struct Context: Sendable {
        let published: PublishedNames
        let forwarder: Forwarder
        let limits: ServerLimits
        let rateLimit: AnswerRateLimit?
        let log: QueryLog?
    }

    private let context: Context
    private let transport: QueryTransport
    private var names: ServedNames
    private var version: UInt64
    private var writer = QueryHandler.makeWriter()
    private var rotation: UInt = 0
    private var tally = QueryTally()

    /// A handler of the queries that come one way.
    init(_ context: Context, transport: QueryTransport) {
        self.context = context
        self.transport = transport
        version = context.published.currentVersion
        names = context.published.current
    }

    /// The answer to the query handled last.
    var reply: [UInt8] { writer.bytes }

    /// Takes the newest names; to be called before some queries that came together.
    func refresh() {
        let newest = context.published.currentVersion
        guard newest != version else { return }
        version = newest
        names = context.published.current
    }

    /// Counts how long this many answers took, each, in nanoseconds.
    func count(_ number: Int, taking duration: UInt64) {
        tally.count(number, taking: duration)
    }

    /// The counts since this was last called.
    func takeTally() -> QueryTally {
        defer { tally = QueryTally() }
        return tally
    }

    /// Answers a message.
    ///
    /// - Parameters:
    ///   - message: what came, whatever it is.
    ///   - client: from whom.
    ///   - now: nanoseconds of a clock that never goes back.
    /// - Returns: what becomes of it; `reply` holds good until the next one.
    func handle(_ message: RawSpan, from client: IPAddress, now: UInt64) -> Outcome {
        // An answer to a response might begin an endless exchange.
        guard let header = MessageHeader(opening: message), !header.isResponse else {
            tally.dropped += 1
            return .drop
        }
        var isLimited = false
        if transport == .udp, let rateLimit = context.rateLimit {
            switch rateLimit.verdict(for: client, now: now) {
            case .answer: break
            case .truncate: isLimited = true
            case .drop:
                tally.limited += 1
                return .drop
            }
        }
        guard header.opcode == .query else { return refuse(header, .notImplemented) }
        let query: Query
        do throws(MessageError) {
            query = try Query(parsing: message)
        } catch {
            return refuse(header, .formatError)
        }
        if isLimited { return cut(query) }
        guard let code = Self.refusal(of: query) else {
            return answer(query, from: client, now: now)
        }
        return write(query, code, from: client, now: now)
    }

    /// A writer that truncates as CoreDNS does.
    ///
    /// A client that never asks again over TCP has some of the addresses rather than none.
    static func makeWriter() -> MessageWriter { MessageWriter(truncation: .records) }

    /// Why a query is not looked into; nil if it is.
    private static func refusal(of query: Query) -> ResponseCode? {
        if let extensions = query.extensions, extensions.version > 0 { return .badVersion }
        guard query.question.class == .internet else { return .refused }
        switch query.question.type {
        case .any, .axfr, .ixfr: return .refused
        default: return nil
        }
    }
}

/// The answers.
extension QueryHandler {
    private func answer(_ query: Query, from client: IPAddress, now: UInt64) -> Outcome {
        rotation &+= 1
        switch names.zone.answer(query.question, rotation: rotation) {
        case .answer(let answer):
            guard names.isComplete else {
                return write(query, .serverFailure, from: client, now: now)
            }
            let mayRecurse = names.recursionSources.contains(client)
            if let alias = answer.unresolvedAlias, mayRecurse {
                return forward(query, to: alias, behind: answer.answers, from: client, now: now)
            }
            return write(query, answer, from: client, mayRecurse: mayRecurse, now: now)
        case .outside:
            guard names.recursionSources.contains(client) else {
                return write(query, .refused, from: client, now: now)
            }
            return forward(query, to: nil, behind: [], from: client, now: now)
        }
    }

    /// Answers from what others said before, or has them asked.
    private func forward(
        _ query: Query, to alias: DomainName?, behind aliases: [ResourceRecord],
        from client: IPAddress, now: UInt64
    ) -> Outcome {
        var target = query.question
        if let alias { target.name = alias }
        let request = ForwardRequest(
            header: query.header, question: query.question, target: target, aliases: aliases,
            extensions: query.extensions, client: client, transport: transport,
            limit: limit(of: query), arrived: now)
        let known = context.forwarder.cached(
            target, isDNSSECOK: request.isDNSSECOK,
            isCheckingDisabled: query.header.isCheckingDisabled)
        guard let known else { return .forward(request) }
        request.write(known, to: &writer, payloadBytes: context.limits.udpPayloadBytes)
        return note(query.question, from: client, known.responseCode, now: now)
    }

    private func write(
        _ query: Query, _ answer: ZoneAnswer.Answer, from client: IPAddress, mayRecurse: Bool,
        now: UInt64
    ) -> Outcome {
        writer.write(
            query.header.response(
                answer.responseCode, isAuthoritative: true, isRecursionAvailable: mayRecurse),
            question: query.question, answers: answer.answers, authorities: answer.authorities,
            additionals: answer.additionals, extensions: replyExtensions(query),
            limit: limit(of: query))
        return note(query.question, from: client, answer.responseCode, now: now)
    }

    /// Answers with a code alone.
    private func write(
        _ query: Query, _ code: ResponseCode, from client: IPAddress, now: UInt64
    ) -> Outcome {
        writer.write(
            query.header.response(code), question: query.question,
            extensions: replyExtensions(query), limit: limit(of: query))
        return note(query.question, from: client, code, now: now)
    }

    /// Answers with a header alone what is no query, or cannot be read as one.
    private func refuse(_ header: MessageHeader, _ code: ResponseCode) -> Outcome {
        writer.write(header.response(code), question: nil, extensions: nil)
        tally.count(nil, code)
        return .reply
    }

    /// Answers that the client is to ask again over TCP.
    private func cut(_ query: Query) -> Outcome {
        var header = query.header.response(.noError)
        header.isTruncated = true
        writer.write(header, question: query.question, extensions: replyExtensions(query))
        tally.limited += 1
        return .reply
    }

    private func note(
        _ question: Question, from client: IPAddress, _ code: ResponseCode, now: UInt64
    ) -> Outcome {
        tally.count(question.type, code)
        if writer.isTruncated { tally.truncated += 1 }
        context.log?.note(question, from: client, over: transport, code, now: now)
        return .reply
    }

    private func replyExtensions(_ query: Query) -> ExtensionOptions? {
        query.extensions.map { $0.reply(payloadBytes: context.limits.udpPayloadBytes) }
    }

    private func limit(of query: Query) -> Int {
        transport == .tcp
            ? MessageWriter.maximumByteCount
            : query.datagramLimit(atMost: context.limits.udpPayloadBytes)
    }
}

extension MessageHeader {
    /// Reads what the header of a message says of it; nil if it is shorter.
    init?(opening message: RawSpan) {
        guard message.byteCount >= Self.byteCount else { return nil }
        let bytes = unsafe message.unsafeLoadUnaligned(as: UInt32.self).bigEndian
        self.init(
            id: UInt16(truncatingIfNeeded: bytes >> 16), isResponse: bytes & 0x8000 != 0,
            opcode: Opcode(truncating: UInt8(truncatingIfNeeded: bytes >> 11)),
            isRecursionDesired: bytes & 0x0100 != 0, isCheckingDisabled: bytes & 0x0010 != 0)
    }
}

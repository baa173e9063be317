import DNSMessage
import Logging
import NIOCore

/// A question under way: asks server after server until one gives an answer.
///
/// Belongs to its event loop. `report` is called once, unless the run is cancelled; one socket is
/// open at a time.
final class QuestionRun {
    typealias Report = (Result<UpstreamAnswer, ForwardingFailure>) -> Void

    private let question: UpstreamQuestion
    private let configuration: ForwardingConfiguration
    private let ledger: ForwardingLedger
    private let loop: any EventLoop
    private let logger: Logger
    private var report: Report?
    private var exchange: Exchange?
    /// Servers yet to be asked, the next one first.
    private var waiting: ArraySlice<UpstreamServer>
    /// Servers that said nothing in time: the datagram may have been lost.
    private var silent: [UpstreamServer] = []
    private var attemptsLeft: Int
    private let deadline: NIODeadline
    private var lastFailure = ExchangeFailure.timedOut

    /// Prepares a run; `start` begins it, and the time for all of it runs from now on.
    init(
        _ question: UpstreamQuestion, asking servers: [UpstreamServer],
        configuration: ForwardingConfiguration, ledger: ForwardingLedger, on loop: any EventLoop,
        logger: Logger, report: @escaping Report
    ) {
        self.question = question
        self.configuration = configuration
        self.ledger = ledger
        self.loop = loop
        self.logger = logger
        self.report = report
        let now = NIODeadline.now()
        waiting = ledger.order(servers, now: now)[...]
        attemptsLeft = configuration.limits.attempts
        deadline = now + TimeAmount(configuration.limits.totalTimeout)
    }

    /// Asks the first server.
    func start() {
        askNextServer()
    }

    /// Ends the run without a report, and closes its socket.
    func cancel() {
        report = nil
        exchange?.cancel()
        exchange = nil
    }

    private func askNextServer() {
        if waiting.isEmpty {
            waiting = silent[...]
            silent = []
        }
        guard let server = waiting.popFirst() else {
            return finish(.failure(.noAnswer(lastFailure)))
        }
        ask(server, over: .datagram, hasExtensions: true)
    }

    private func ask(
        _ server: UpstreamServer, over transport: Exchange.Transport, hasExtensions: Bool
    ) {
        let now = NIODeadline.now()
        guard attemptsLeft > 0, now < deadline else {
            return finish(.failure(.noAnswer(lastFailure)))
        }
        attemptsLeft -= 1
        guard let address = server.socketAddress() else {
            return fail(server, .notMade("there is no interface \(server.interface ?? "")"))
        }
        let exchange = Exchange(
            question, hasExtensions: hasExtensions, over: transport, on: loop
        ) { [self] outcome in
            self.exchange = nil
            switch outcome {
            case .answer(let message):
                take(message, from: server, over: transport, hasExtensions, askedAt: now)
            case .truncated:
                noteSignOfLife(of: server)
                ask(server, over: .stream, hasExtensions: hasExtensions)
            case .failure(let failure):
                fail(server, failure)
            }
        }
        self.exchange = exchange
        ledger.noteExchange(with: server, over: transport)
        let attempt = TimeAmount(configuration.limits.attemptTimeout)
        exchange.start(at: address, timeout: min(attempt, deadline - now))
    }

    private func take(
        _ message: Message, from server: UpstreamServer, over transport: Exchange.Transport,
        _ hasExtensions: Bool, askedAt: NIODeadline
    ) {
        noteSignOfLife(of: server)
        if hasExtensions, Self.refusesExtensions(message) {
            return ask(server, over: transport, hasExtensions: false)
        }
        do throws(ExchangeFailure) {
            let answer = try AnswerScreening.screen(
                message, for: question, limits: configuration.cache)
            ledger.noteAnswer(of: server, after: NIODeadline.now() - askedAt)
            finish(.success(answer))
        } catch {
            fail(server, error)
        }
    }

    /// Whether the same question without EDNS is worth asking (RFC 6891 section 7).
    private static func refusesExtensions(_ message: Message) -> Bool {
        let code = message.header.responseCode
        return code == .badVersion
            || message.extensions == nil && (code == .formatError || code == .notImplemented)
    }

    private func fail(_ server: UpstreamServer, _ failure: ExchangeFailure) {
        lastFailure = failure
        if failure == .timedOut { silent.append(server) }
        if ledger.noteFailure(failure, of: server, now: .now()) {
            logger.warning(
                "upstream server is down",
                metadata: ["server": "\(server)", "reason": "\(failure)"])
        }
        askNextServer()
    }

    private func noteSignOfLife(of server: UpstreamServer) {
        guard ledger.noteSignOfLife(of: server) else { return }
        logger.notice("upstream server answers again", metadata: ["server": "\(server)"])
    }

    private func finish(_ result: Result<UpstreamAnswer, ForwardingFailure>) {
        guard let report else { return }
        self.report = nil
        report(result)
    }
}

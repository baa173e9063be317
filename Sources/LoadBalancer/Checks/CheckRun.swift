import Glibc
import HealthChecking
import NIOCore
import NIOPosix
import NIOSSL

/// One check under way: a connection of its own, and at most one question and its answer.
///
/// Belongs to its event loop. Whatever happens, `report` is called once and the connection is
/// gone: closed by a reset, so that thousands of checks leave no TIME_WAIT behind, neither here
/// nor on the nodes.
final class CheckRun: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let check: HealthCheck
    let loop: any EventLoop
    let tools: CheckTools
    private var begin = NIODeadline.now()
    private var report: ((CheckOutcome) -> Void)?
    private var isExtended = false
    private var channel: (any Channel)?
    private var connection: PlainConnection?
    private var command: CommandRun?
    private var answer: HTTPAnswer

    /// Prepares a check; `start` begins it.
    ///
    /// - Parameters:
    ///   - check: what to do.
    ///   - loop: where to do it.
    ///   - tools: what some kinds of checks are made with.
    ///   - report: called once on the event loop, unless the check is cancelled.
    init(
        _ check: HealthCheck, on loop: any EventLoop, tools: CheckTools,
        report: @escaping (CheckOutcome) -> Void
    ) {
        self.check = check
        self.loop = loop
        self.tools = tools
        self.report = report
        answer = HTTPAnswer(check.request.wish)
    }

    /// Whether somebody still waits for what comes of it.
    var isWanted: Bool { report != nil }

    /// Begins the check, on the event loop; it may be over when this returns.
    ///
    /// - Parameters:
    ///   - address: the socket of the check, ready to connect to.
    ///   - timeout: for all of it together, from now on; whoever starts the check says when it is
    ///     over.
    func start(at address: SocketAddress, timeout: TimeAmount) {
        begin = .now()
        switch check.request {
        case .datagram: exchangeDatagrams(with: address)
        case .command(let name): runCommand(name)
        case .grpc: connect(to: address, timeout)
        case .connect, .http, .endpointCount:
            guard check.request.security == nil else { return connect(to: address, timeout) }
            proceed { connection = try tools.connections.open(for: self, to: address) }
        }
    }

    /// Ends the check without a report.
    func cancel() {
        report = nil
        close()
    }

    /// What is asked once there is a connection; nil if that is all that is wanted.
    var question: [UInt8]? {
        switch check.request {
        case .http, .endpointCount: Array(check.question.utf8)
        case .datagram(let send, _): send
        case .connect, .grpc, .command: nil
        }
    }

    /// Does a step of the check; an error ends it.
    func proceed(_ step: () throws -> Void) {
        do {
            try step()
        } catch {
            finish(Self.failure(of: error))
        }
    }

    /// Takes the next piece of the answer.
    func take(_ bytes: some Sequence<UInt8>) {
        if let result = answer.take(bytes) { finish(result) }
    }

    /// The server has nothing more to say.
    func ended() {
        finish(answer.end())
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let question else { return }
        let buffer = context.channel.allocator.buffer(bytes: question)
        context.channel.writeAndFlush(buffer, promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytesView
        if case .datagram(_, let expected) = check.request {
            let isGood = expected.map { bytes.firstRange(of: $0) != nil } ?? true
            return finish(isGood ? nil : .unexpectedAnswer)
        }
        take(bytes)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Servers that close without TLS' own goodbye have answered all the same.
        if let error = error as? NIOSSLError, case .uncleanShutdown = error { return }
        finish(Self.failure(of: error))
    }

    /// Takes hold of a channel, which goes when the check does.
    func hold(_ channel: any Channel) {
        self.channel = channel
        // The option takes effect at once, because this is the channel's own loop.
        _ = (channel as? any SocketOptionProvider)?
            .setSoLinger(linger(l_onoff: 1, l_linger: 0))
        // It was cancelled, or its time was over, before there was a channel to close.
        if report == nil { close() }
    }

    /// Ends the check with what an answer says.
    func finish(_ result: Result<Int?, CheckFailure>) {
        switch result {
        case .success(let weight): finish(nil, weight: weight)
        case .failure(let failure): finish(failure)
        }
    }

    /// Ends the check; nothing happens if it has ended.
    func finish(_ failure: CheckFailure?, weight: Int? = nil) {
        guard let report else { return }
        self.report = nil
        close()
        let nanoseconds = (NIODeadline.now() - begin).nanoseconds
        report(
            CheckOutcome(
                failure: failure, weight: weight, duration: .nanoseconds(nanoseconds)))
    }

    /// Ends the check because its time is over; returns false if it goes on.
    ///
    /// Where this is said late this host was too busy to look at the answer, which says nothing
    /// about the node: the check has the time once more.
    func timeIsOver(after timeout: TimeAmount, late delay: TimeAmount) -> Bool {
        if !isExtended, Self.isLate(delay, after: timeout) {
            isExtended = true
            return false
        }
        finish(.timedOut)
        return true
    }

    /// Whether a timer comes so late that what arrived meanwhile may not have been looked at.
    static func isLate(_ delay: TimeAmount, after timeout: TimeAmount) -> Bool {
        delay.nanoseconds * 5 > timeout.nanoseconds
    }

    private func runCommand(_ name: String) {
        guard let folder = tools.commandFolder else {
            return finish(.notMade("no folder of check programs is configured"))
        }
        command = CommandRun("\(folder)/\(name)", for: check.socket, on: loop) {
            [weak self] failure in self?.finish(failure)
        }
    }

    private func close() {
        channel?.close(promise: nil)
        channel = nil
        if let connection { tools.connections.close(connection) }
        connection = nil
        command?.cancel()
        command = nil
    }
}

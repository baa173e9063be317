import Glibc
import HealthChecking
import NIOCore
import NIOPosix

/// One check under way: a connection of its own, and at most one question and its answer.
///
/// Belongs to its event loop. Whatever happens, `report` is called once and the connection is
/// gone: closed by a reset, so that thousands of checks leave no TIME_WAIT behind, neither here
/// nor on the nodes.
final class CheckRun: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let check: HealthCheck
    private let loop: any EventLoop
    private var begin = NIODeadline.now()
    private var report: ((CheckOutcome) -> Void)?
    private var deadline: Scheduled<Void>?
    private var channel: (any Channel)?
    private var answer = HTTPAnswer()

    /// Prepares a check; `start` begins it.
    ///
    /// - Parameters:
    ///   - check: what to do.
    ///   - loop: where to do it.
    ///   - report: called once on the event loop, unless the check is cancelled.
    init(
        _ check: HealthCheck, on loop: any EventLoop, report: @escaping (CheckOutcome) -> Void
    ) {
        self.check = check
        self.loop = loop
        self.report = report
    }

    /// Begins the check, on the event loop; it may be over when this returns.
    ///
    /// - Parameters:
    ///   - address: the socket of the check, ready to connect to.
    ///   - timeout: for all of it together, from now on.
    func start(at address: SocketAddress, timeout: TimeAmount) {
        begin = .now()
        deadline = loop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
            self?.finish(.timedOut)
        }
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            // The deadline above comes first; it also covers what follows the connection.
            .connectTimeout(timeout + .seconds(1))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try bound.value.prepare(channel)
                }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenFailure { error in self.finish(Self.failure(of: error)) }
    }

    /// Ends the check without a report.
    func cancel() {
        report = nil
        close()
    }

    func channelActive(context: ChannelHandlerContext) {
        switch check.request {
        case .connect:
            finish(nil)
        case .get(let path):
            let request = context.channel.allocator.buffer(
                string: "GET \(path) HTTP/1.1\r\nHost: \(check.socket)\r\n"
                    + "User-Agent: sluice\r\nAccept: */*\r\nConnection: close\r\n\r\n")
            context.channel.writeAndFlush(request, promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch answer.take(unwrapInboundIn(data).readableBytesView) {
        case nil: break
        case .success: finish(nil)
        case .failure(let failure): finish(failure)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(Self.failure(of: error))
    }

    private func prepare(_ channel: any Channel) throws {
        self.channel = channel
        // The option takes effect at once, because this is the channel's own loop.
        _ = (channel as? any SocketOptionProvider)?
            .setSoLinger(linger(l_onoff: 1, l_linger: 0))
        try channel.pipeline.syncOperations.addHandler(self)
        // It was cancelled, or its time was over, before there was a channel to close.
        if report == nil { close() }
    }

    private func finish(_ failure: CheckFailure?) {
        guard let report else { return }
        self.report = nil
        close()
        let nanoseconds = (NIODeadline.now() - begin).nanoseconds
        report(CheckOutcome(failure: failure, duration: .nanoseconds(nanoseconds)))
    }

    private func close() {
        deadline?.cancel()
        deadline = nil
        channel?.close(promise: nil)
        channel = nil
    }

    /// What an error of the system means for the node.
    private static func failure(of error: any Error) -> CheckFailure {
        if let error = error as? ChannelError, case .connectTimeout = error { return .timedOut }
        guard let error = error as? IOError else { return .notMade("\(error)") }
        switch error.errnoCode {
        case ECONNREFUSED: return .refused
        case ETIMEDOUT: return .timedOut
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: return .unreachable
        case ECONNRESET, ECONNABORTED, EPIPE: return .closed
        default: return .notMade("\(error)")
        }
    }
}

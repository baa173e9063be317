import DNSMessage
import Glibc
import NIOCore
import NIOPosix

/// One question to one server, and its answer: over a socket of its own.
///
/// Belongs to its event loop. The kernel picks the source port at random, and takes datagrams from
/// the server's address and port alone, because the socket is connected. Whatever happens,
/// `report` is called once, unless the exchange is cancelled, and the socket is closed.
final class Exchange: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How the message travels.
    enum Transport {
        /// UDP.
        case datagram
        /// TCP, for what is too large for UDP.
        case stream
    }

    /// What came of an exchange.
    enum Outcome {
        /// The answer, whatever it says.
        case answer(Message)
        /// The answer is too large for UDP.
        case truncated
        /// There is none.
        case failure(ExchangeFailure)
    }

    /// Messages that answer something else and are passed over; more look like guessing
    /// (RFC 5452 section 9.3 asks for a reaction).
    static let maximumStrayReplies = 20

    private let question: UpstreamQuestion
    private let hasExtensions: Bool
    private let transport: Transport
    private let loop: any EventLoop
    private let id: UInt16
    private var report: ((Outcome) -> Void)?
    private var deadline: Scheduled<Void>?
    private var channel: (any Channel)?
    private var strayCount = 0

    /// Prepares an exchange; `start` begins it.
    ///
    /// - Parameters:
    ///   - question: what to ask.
    ///   - hasExtensions: whether with EDNS.
    ///   - transport: over what.
    ///   - loop: where to do it.
    ///   - report: called once on the event loop.
    init(
        _ question: UpstreamQuestion, hasExtensions: Bool, over transport: Transport,
        on loop: any EventLoop, report: @escaping (Outcome) -> Void
    ) {
        var random = SystemRandomNumberGenerator()
        self.question = question
        self.hasExtensions = hasExtensions
        self.transport = transport
        self.loop = loop
        self.id = UInt16.random(in: .min ... .max, using: &random)
        self.report = report
    }

    /// Begins the exchange, on the event loop; it may be over when this returns.
    ///
    /// - Parameters:
    ///   - address: the server.
    ///   - timeout: for all of it together, from now on.
    func start(at address: SocketAddress, timeout: TimeAmount) {
        deadline = loop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
            self?.finish(.failure(.timedOut))
        }
        connect(to: address, timeout: timeout)
            .assumeIsolated()
            .whenFailure { error in self.finish(.failure(Self.failure(of: error))) }
    }

    /// Ends the exchange without a report.
    func cancel() {
        report = nil
        close()
    }

    func channelActive(context: ChannelHandlerContext) {
        let message = question.message(id: id, hasExtensions: hasExtensions)
        let buffer = context.channel.allocator.buffer(bytes: message)
        context.writeAndFlush(wrapOutboundOut(buffer))
            .assumeIsolated()
            .whenFailure { error in self.finish(.failure(Self.failure(of: error))) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Reply(unwrapInboundIn(data), id: id, question: question.question) {
        case .answer(let message): finish(.answer(message))
        case .malformed: finish(.failure(.malformed))
        case .truncated: finish(transport == .datagram ? .truncated : .failure(.malformed))
        case .stray:
            strayCount += 1
            if strayCount > Self.maximumStrayReplies { finish(.failure(.tooManyStrayReplies)) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(.closed))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(Self.failure(of: error)))
    }

    private func connect(
        to address: SocketAddress, timeout: TimeAmount
    ) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        switch transport {
        case .datagram:
            return DatagramBootstrap(group: loop)
                // Some servers send more than they are asked to; it must not be cut unnoticed.
                .channelOption(
                    .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4_096)
                )
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try bound.value.prepare(channel, with: DatagramOpening())
                    }
                }
                .connect(to: address)
        case .stream:
            return ClientBootstrap(group: loop)
                // The exchange's own deadline comes first.
                .connectTimeout(timeout + .seconds(1))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try bound.value.prepare(channel, with: LengthFraming())
                    }
                }
                .connect(to: address)
        }
    }

    private func prepare(_ channel: any Channel, with framing: any ChannelHandler) throws {
        self.channel = channel
        try channel.pipeline.syncOperations.addHandlers([framing, self])
        // It was cancelled, or its time was over, before there was a channel to close.
        if report == nil { close() }
    }

    private func finish(_ outcome: Outcome) {
        guard let report else { return }
        self.report = nil
        close()
        report(outcome)
    }

    private func close() {
        deadline?.cancel()
        deadline = nil
        channel?.close(promise: nil)
        channel = nil
    }

    /// What an error of the system means for the server.
    private static func failure(of error: any Error) -> ExchangeFailure {
        if let error = error as? ChannelError, case .connectTimeout = error { return .timedOut }
        guard let error = error as? IOError else { return .notMade("\(error)") }
        switch error.errnoCode {
        case ECONNREFUSED: return .refused
        case ETIMEDOUT: return .timedOut
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: return .unreachable
        // A packet filter on this host says no.
        case EPERM, EACCES: return .unreachable
        case ECONNRESET, ECONNABORTED, EPIPE: return .closed
        default: return .notMade("\(error)")
        }
    }
}

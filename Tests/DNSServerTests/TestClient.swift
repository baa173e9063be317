import Addressing
import DNSMessage
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import DNSServer

/// A client with one socket.
struct TestClient {
    /// What comes: messages, over TCP without their lengths.
    struct Replies {
        private var iterator: AsyncStream<[UInt8]>.Iterator

        init(_ stream: AsyncStream<[UInt8]>) {
            iterator = stream.makeAsyncIterator()
        }

        /// The next message; nil once the connection is closed.
        mutating func next() async throws -> Message? {
            guard let bytes = await iterator.next(isolation: #isolation) else { return nil }
            return try Message(parsing: bytes)
        }
    }

    private let channel: any Channel
    private let stream: AsyncStream<[UInt8]>

    /// A client that sends datagrams.
    static func datagrams(to endpoint: SocketEndpoint) async throws -> TestClient {
        let (stream, messages) = AsyncStream<[UInt8]>.makeStream()
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { $0.pipeline.addHandler(DatagramCollector(messages)) }
            .connect(to: try socket(endpoint)).get()
        return TestClient(channel: channel, stream: stream)
    }

    /// A client with a connection.
    static func connection(to endpoint: SocketEndpoint) async throws -> TestClient {
        let (stream, messages) = AsyncStream<[UInt8]>.makeStream()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { $0.pipeline.addHandler(StreamCollector(messages)) }
            .connect(to: try socket(endpoint)).get()
        return TestClient(channel: channel, stream: stream)
    }

    /// What comes from now on; to be called once.
    func replies() -> Replies { Replies(stream) }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends a message as TCP has it, after its length.
    func sendFramed(_ bytes: [UInt8]) async throws { try await send(framed(bytes)) }

    /// Reads nothing any more.
    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    /// Reads again.
    func read() async throws { try await channel.setOption(.autoRead, value: true).get() }

    /// Says that nothing more will be sent.
    func endSending() async throws { try await channel.close(mode: .output) }

    /// Closes the socket.
    func close() async { try? await channel.close() }

    private static func socket(_ endpoint: SocketEndpoint) throws -> SocketAddress {
        try SocketAddress(
            ipAddress: endpoint.address.description, port: Int(endpoint.port.rawValue))
    }
}

/// A message after its length.
func framed(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes
}

/// Asks once over UDP.
func ask(_ endpoint: SocketEndpoint, _ bytes: [UInt8]) async throws -> Message {
    let client = try await TestClient.datagrams(to: endpoint)
    var replies = client.replies()
    try await client.send(bytes)
    let reply = try await replies.next()
    await client.close()
    return try #require(reply)
}

/// Gathers the messages that come.
private final class DatagramCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    let messages: AsyncStream<[UInt8]>.Continuation

    init(_ messages: AsyncStream<[UInt8]>.Continuation) {
        self.messages = messages
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        messages.yield(Array(unwrapInboundIn(data).data.readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { messages.finish() }
}

/// Gathers the messages that come, each after its length.
private final class StreamCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let messages: AsyncStream<[UInt8]>.Continuation
    private let rest = Mutex(ByteBuffer())

    init(_ messages: AsyncStream<[UInt8]>.Continuation) {
        self.messages = messages
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let new = unwrapInboundIn(data)
        rest.withLock { rest in
            rest.writeImmutableBuffer(new)
            while let message = rest.readLengthPrefixedSlice(as: UInt16.self) {
                messages.yield(Array(message.readableBytesView))
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { messages.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

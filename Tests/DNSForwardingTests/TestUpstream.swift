import DNSMessage
import NIOCore
import NIOPosix

@testable import DNSForwarding

/// A server on this host that says what its script says, over UDP and TCP.
struct TestUpstream: Sendable {
    let script: UpstreamScript
    let server: UpstreamServer
    private let channels: [any Channel]

    /// Listens at a port that is free for both.
    init(host: String = "127.0.0.1", _ manner: @escaping UpstreamScript.Manner) async throws {
        let script = UpstreamScript(manner)
        // One loop for all, so that what is sent first leaves first.
        let group = MultiThreadedEventLoopGroup.singleton.next()
        let other = try await DatagramBootstrap(group: group).bind(host: host, port: 0).get()
        while true {
            let datagrams = try await DatagramBootstrap(group: group)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            DatagramSide(script, otherPort: other))
                    }
                }
                .bind(host: host, port: 0).get()
            let port = datagrams.localAddress?.port ?? 0
            let connections = try? await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(StreamSide(script))
                    }
                }
                .bind(host: host, port: port).get()
            // Somebody else may have the port over TCP.
            guard let connections else {
                try await datagrams.close()
                continue
            }
            self.script = script
            server = DNSForwardingTests.server(
                host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
            channels = [datagrams, other, connections]
            return
        }
    }

    /// The questions that came over UDP and TCP, so far.
    var received: [UpstreamScript.Received] { script.received }

    /// Listens no more.
    func close() async throws {
        for channel in channels { try await channel.close() }
    }
}

private final class DatagramSide: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let script: UpstreamScript
    private let otherPort: any Channel

    init(_ script: UpstreamScript, otherPort: any Channel) {
        self.script = script
        self.otherPort = otherPort
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let source = envelope.remoteAddress
        let bytes = Array(envelope.data.readableBytesView)
        guard let message = try? Message(parsing: bytes) else { return }
        let channel = context.channel
        @Sendable func send(_ bytes: [UInt8], from channel: any Channel) {
            channel.writeAndFlush(
                AddressedEnvelope(remoteAddress: source, data: ByteBuffer(bytes: bytes)),
                promise: nil)
        }
        let received = UpstreamScript.Received(
            message: message, isStream: false, sourcePort: source.port ?? 0)
        for reply in script.replies(to: received) {
            switch reply {
            case .message(let message): send(message.bytes(), from: channel)
            case .bytes(let bytes): send(bytes, from: channel)
            case .fromOtherPort(let message): send(message.bytes(), from: otherPort)
            case .held(let message): script.hold { send(message.bytes(), from: channel) }
            case .close: break
            }
        }
    }

    // Nobody listens any more where an answer went: what some of these tests are about.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

private final class StreamSide: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: UpstreamScript
    private var pending = ByteBuffer()

    init(_ script: UpstreamScript) { self.script = script }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        pending.writeBuffer(&bytes)
        while let framed = pending.readLengthPrefixedSlice(as: UInt16.self) {
            answer(Array(framed.readableBytesView), on: context.channel)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        script.noteClosedConnection()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ bytes: [UInt8], on channel: any Channel) {
        guard let message = try? Message(parsing: bytes) else { return }
        @Sendable func send(_ bytes: [UInt8]) {
            var buffer = ByteBuffer(integer: UInt16(bytes.count))
            buffer.writeBytes(bytes)
            channel.writeAndFlush(buffer, promise: nil)
        }
        let received = UpstreamScript.Received(
            message: message, isStream: true, sourcePort: channel.remoteAddress?.port ?? 0)
        for reply in script.replies(to: received) {
            switch reply {
            case .message(let message): send(message.bytes())
            case .bytes(let bytes): send(bytes)
            case .held(let message): script.hold { send(message.bytes()) }
            case .close: channel.close(promise: nil)
            case .fromOtherPort: break
            }
        }
    }
}

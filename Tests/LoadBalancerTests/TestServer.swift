import Addressing
import NIOCore
import NIOPosix

@testable import LoadBalancer

/// The socket of a server that listens at an address.
func place(of channel: any Channel, at host: String) -> SocketEndpoint {
    let address = host.contains(":") ? "[\(host)]" : host
    return socket("\(address):\(channel.localAddress?.port ?? 0)")
}

/// A server of this host that does the same to every connection.
struct TestServer {
    /// What it does to a connection.
    enum Manner: Sendable {
        /// Sends these pieces, one after each pause, once something was asked.
        case answers([String], pause: TimeAmount)
        /// Says this, and what it was asked, and ends the connection.
        case repeats(String)
        /// Accepts, and never says anything.
        case silent
        /// Ends the connection once something was asked.
        case closes
    }

    private let channel: any Channel
    /// Where it listens.
    let socket: SocketEndpoint

    /// The port where it listens.
    var port: Int { Int(socket.port.rawValue) }

    /// Listens at a port that is free, or at this one.
    init(_ manner: Manner, at host: String = "127.0.0.1", port: Int = 0) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Manners(manner))
                }
            }
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port).get()
        socket = place(of: channel, at: host)
    }

    /// An answer in one piece, at once.
    static func answering(
        _ text: String, at host: String = "127.0.0.1"
    ) async throws -> TestServer {
        try await TestServer(.answers([text], pause: .zero), at: host)
    }

    /// Listens no more.
    func close() async throws { try await channel.close() }
}

private final class Manners: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let manner: TestServer.Manner

    init(_ manner: TestServer.Manner) { self.manner = manner }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch manner {
        case .silent: break
        case .closes: context.close(promise: nil)
        case .repeats(let head):
            var answer = context.channel.allocator.buffer(string: head)
            answer.writeImmutableBuffer(unwrapInboundIn(data))
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
            context.close(promise: nil)
        case .answers(let pieces, let pause): say(pieces[...], pause, context.channel)
        }
    }

    // A client that resets the connection is what these tests are about.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func say(_ pieces: ArraySlice<String>, _ pause: TimeAmount, _ channel: any Channel) {
        guard let piece = pieces.first else { return }
        channel.writeAndFlush(channel.allocator.buffer(string: piece), promise: nil)
        channel.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            self.say(pieces.dropFirst(), pause, channel)
        }
    }
}

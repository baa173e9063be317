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
        /// Accepts, and never says anything.
        case silent
        /// Ends the connection once something was asked.
        case closes
    }

    private let channel: any Channel
    /// Where it listens.
    let socket: SocketEndpoint

    /// Listens at a port that is free.
    init(_ manner: Manner, at host: String = "127.0.0.1") async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Manners(manner))
                }
            }
            .bind(host: host, port: 0).get()
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

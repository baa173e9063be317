import Addressing
import NIOCore
import NIOPosix

/// The sockets of one address and port: over TCP one, over UDP one for each thread, among which
/// the kernel shares the clients out.
struct Listener: Sendable {
    /// Room for what a TCP client sends at once; a query is shorter.
    private static let streamReadBytes = 2_048
    /// Answers that a TCP client has not taken: past the upper mark it is not read from.
    private static let streamBacklog = ChannelOptions.Types.WriteBufferWaterMark(
        low: 16 << 10, high: 64 << 10)
    /// Connections that wait to be accepted.
    private static let connectionBacklog: ChannelOptions.Types.SocketOption.Value = 1_024

    private let stream: any Channel
    private let datagrams: [(socket: DatagramSocket, loop: DatagramLoop)]

    /// Opens all sockets, or none.
    static func open(
        _ endpoint: SocketEndpoint, on pool: WorkerPool
    ) async throws(ListenError) -> Listener {
        // TCP first: it is not shared, so that a second server fails here and takes no datagrams.
        let stream: any Channel
        do {
            stream = try await openStream(endpoint, on: pool)
        } catch {
            throw ListenError(.tcp, error)
        }
        var datagrams: [(DatagramSocket, DatagramLoop)] = []
        do throws(ListenError) {
            for loop in pool.datagramLoops {
                datagrams.append((try DatagramSocket(endpoint), loop))
            }
        } catch {
            try? await stream.close()
            throw error
        }
        for (socket, loop) in datagrams { loop.add(socket) }
        return Listener(stream: stream, datagrams: datagrams)
    }

    /// Whether connections are still accepted: a failure may have closed the socket.
    var isOpen: Bool { stream.isActive }

    /// Closes all sockets; connections that are open stay so.
    func close() async {
        try? await stream.close()
        for (socket, loop) in datagrams { await loop.remove(socket) }
    }

    private static func openStream(
        _ endpoint: SocketEndpoint, on pool: WorkerPool
    ) async throws -> any Channel {
        let worker = pool.streamWorker
        return try await ServerBootstrap(group: worker.eventLoop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: Int32(connectionBacklog))
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: streamBacklog)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: streamReadBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let client = channel.remoteAddress.flatMap({ IPAddress($0) }) else {
                        throw ChannelError.unknownLocalAddress
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        StreamQueryHandler(
                            worker: worker.value, client: client, table: pool.connections,
                            limits: pool.limits))
                }
            }
            .bind(host: "\(endpoint.address)", port: Int(endpoint.port.rawValue)).get()
    }
}

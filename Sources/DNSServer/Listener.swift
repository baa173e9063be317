import Addressing
import Glibc
import NIOCore
import NIOPosix

/// The sockets of one address and port: over TCP one, over UDP one for each thread, among which
/// the kernel shares the clients out.
struct Listener: Sendable {
    /// Datagrams that are read with one call.
    private static let datagramsPerRead = 32
    /// Room for a datagram; longer ones are cut off, and no query is.
    private static let datagramBytes = 2_048
    /// Room for what a TCP client sends at once; a query is shorter.
    private static let streamReadBytes = 2_048
    /// Answers that a TCP client has not taken: past the upper mark it is not read from.
    private static let streamBacklog = ChannelOptions.Types.WriteBufferWaterMark(
        low: 16 << 10, high: 64 << 10)
    /// Datagrams in the kernel's buffer: some milliseconds' worth.
    private static let receiveBufferBytes: ChannelOptions.Types.SocketOption.Value = 4 << 20
    /// Connections that wait to be accepted.
    private static let connectionBacklog: ChannelOptions.Types.SocketOption.Value = 1_024

    private let channels: [any Channel]

    /// Opens all sockets, or none.
    static func open(
        _ endpoint: SocketEndpoint, on pool: WorkerPool
    ) async throws(ListenError) -> Listener {
        // TCP first: it is not shared, so that a second server fails here and takes no datagrams.
        var channels: [any Channel] = []
        do {
            channels.append(try await openStream(endpoint, on: pool))
        } catch {
            throw ListenError(.tcp, error)
        }
        do {
            for worker in pool.datagramWorkers {
                channels.append(try await openDatagram(endpoint, worker))
            }
        } catch {
            await Listener(channels: channels).close()
            throw ListenError(.udp, error)
        }
        return Listener(channels: channels)
    }

    /// Closes all sockets; connections that are open stay so.
    func close() async {
        for channel in channels { try? await channel.close() }
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

    private static func openDatagram(
        _ endpoint: SocketEndpoint, _ worker: NIOLoopBound<QueryWorker>
    ) async throws -> any Channel {
        try await DatagramBootstrap(group: worker.eventLoop)
            .channelOption(
                .socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: 1
            )
            .channelOption(.socketOption(.so_rcvbuf), value: receiveBufferBytes)
            .channelOption(.datagramVectorReadMessageCount, value: datagramsPerRead)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(
                    capacity: datagramsPerRead * datagramBytes)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        DatagramQueryHandler(
                            worker: worker.value, allocator: channel.allocator))
                }
            }
            .bind(host: "\(endpoint.address)", port: Int(endpoint.port.rawValue)).get()
    }
}

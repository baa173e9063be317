import NIOCore
import NIOPosix

/// The threads that answer: some for UDP, and one for TCP alone, so that no number of connections
/// slows UDP down.
final class WorkerPool: Sendable {
    /// Threads that answer over UDP.
    let datagramLoops: [DatagramLoop]
    /// The thread that answers over TCP.
    let streamWorker: NIOLoopBound<QueryWorker>
    /// The TCP connections there are.
    let connections: ConnectionTable
    /// Limits on connections.
    let limits: ServerLimits

    private let datagramThreads: NIOThreadPool
    private let streamGroup: MultiThreadedEventLoopGroup

    /// Starts the threads.
    init(
        _ context: QueryHandler.Context, desk: ForwardDesk, statistics: QueryStatistics,
        threadCount: Int
    ) async throws {
        limits = context.limits
        connections = ConnectionTable(
            limit: limits.connections, limitPerClient: limits.connectionsPerClient)
        let loops = try (0..<max(1, threadCount)).map { _ in
            try DatagramLoop(context, desk: desk, statistics: statistics)
        }
        datagramLoops = loops
        datagramThreads = NIOThreadPool(numberOfThreads: loops.count)
        streamGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        streamWorker = try await QueryWorker.make(
            context, desk: desk, statistics: statistics, on: streamGroup.next())
        datagramThreads.start()
        for loop in loops {
            datagramThreads.submit { state in
                if case .active = state { loop.run() }
            }
        }
    }

    /// Closes all sockets and ends the threads.
    func shutdown() async {
        for loop in datagramLoops { loop.stop() }
        try? await datagramThreads.shutdownGracefully()
        try? await streamGroup.shutdownGracefully()
    }
}

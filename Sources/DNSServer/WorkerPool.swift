import NIOCore
import NIOPosix

/// The threads that answer: some for UDP, and one for TCP alone, so that no number of connections
/// slows UDP down.
final class WorkerPool: Sendable {
    /// Threads that answer over UDP, each with a worker.
    let datagramWorkers: [NIOLoopBound<QueryWorker>]
    /// The thread that answers over TCP.
    let streamWorker: NIOLoopBound<QueryWorker>
    /// The TCP connections there are.
    let connections: ConnectionTable
    /// Limits on connections.
    let limits: ServerLimits

    private let datagramGroup: MultiThreadedEventLoopGroup
    private let streamGroup: MultiThreadedEventLoopGroup

    /// Starts the threads.
    init(
        _ context: QueryHandler.Context, desk: ForwardDesk, statistics: QueryStatistics,
        threadCount: Int
    ) async throws {
        limits = context.limits
        connections = ConnectionTable(
            limit: limits.connections, limitPerClient: limits.connectionsPerClient)
        datagramGroup = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threadCount))
        streamGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var workers: [NIOLoopBound<QueryWorker>] = []
        for loop in datagramGroup.makeIterator() {
            workers.append(
                try await QueryWorker.make(
                    context, desk: desk, statistics: statistics, transport: .udp, on: loop))
        }
        datagramWorkers = workers
        streamWorker = try await QueryWorker.make(
            context, desk: desk, statistics: statistics, transport: .tcp,
            on: streamGroup.next())
    }

    /// Closes all sockets and ends the threads.
    func shutdown() async {
        try? await datagramGroup.shutdownGracefully()
        try? await streamGroup.shutdownGracefully()
    }
}

import NIOCore

/// What the connections of one event loop are answered with; used on that loop alone.
final class QueryWorker {
    /// How often what was counted is told.
    static let countInterval = TimeAmount.seconds(1)

    /// Decides what queries get.
    let handler: QueryHandler
    /// Has others asked.
    let desk: ForwardDesk

    private let statistics: QueryStatistics

    private init(
        _ context: QueryHandler.Context, desk: ForwardDesk, statistics: QueryStatistics
    ) {
        handler = QueryHandler(context, transport: .tcp)
        self.desk = desk
        self.statistics = statistics
    }

    /// Makes a worker for a loop, which tells what it counts as long as the loop runs.
    static func make(
        _ context: QueryHandler.Context, desk: ForwardDesk, statistics: QueryStatistics,
        on loop: any EventLoop
    ) async throws -> NIOLoopBound<QueryWorker> {
        try await loop.submit {
            let worker = QueryWorker(context, desk: desk, statistics: statistics)
            let bound = NIOLoopBound(worker, eventLoop: loop)
            loop.scheduleRepeatedTask(initialDelay: countInterval, delay: countInterval) { _ in
                bound.value.tell()
            }
            return bound
        }.get()
    }

    /// Tells what was counted, and lets go of names that are no longer in force.
    private func tell() {
        handler.refresh()
        statistics.add(handler.takeTally(), over: .tcp)
    }
}

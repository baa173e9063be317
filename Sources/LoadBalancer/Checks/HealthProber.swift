import NIOCore
import NIOPosix

/// Checks any number of places from one thread, and tells what came of each check.
package final class HealthProber: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let schedule: NIOLoopBoundBox<CheckSchedule?>

    /// Starts the thread; nothing is checked yet.
    ///
    /// - Parameters:
    ///   - maximumConcurrentChecks: how many may wait for an answer at the same time.
    ///   - commandFolder: where the programs are that checks may run; nil: they may run none.
    ///   - report: called on the thread with each outcome; must not block. Says how long to wait
    ///     until the next.
    package init(
        maximumConcurrentChecks: Int, commandFolder: String? = nil,
        report: @escaping @Sendable (HealthCheck, CheckOutcome) -> Duration?
    ) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let schedule = NIOLoopBoundBox<CheckSchedule?>.makeEmptyBox(eventLoop: loop)
        loop.execute {
            schedule.value = CheckSchedule(
                loop: loop, maximumConcurrentChecks: maximumConcurrentChecks,
                tools: CheckTools(commandFolder: commandFolder, loop: loop), report: report)
        }
        self.schedule = schedule
    }

    /// Begins with some checks, each at once, and ends others.
    package func change(starting: [HealthCheck], ending: [HealthCheck]) {
        guard !starting.isEmpty || !ending.isEmpty else { return }
        schedule.eventLoop.execute { [schedule] in
            for check in ending { schedule.value?.stop(check) }
            for check in starting { schedule.value?.start(check) }
        }
    }

    /// Ends all checks and the thread.
    package func shutdown() async {
        schedule.eventLoop.execute { [schedule] in
            schedule.value?.stopAll()
            schedule.value = nil
        }
        try? await group.shutdownGracefully()
    }
}

package import HealthChecking
import NIOCore
import NIOPosix

/// Checks any number of places from one thread, and tells what came of each check.
package final class HealthProber: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let schedule: NIOLoopBoundBox<CheckSchedule?>

    /// Starts the thread; nothing is checked yet.
    ///
    /// - Parameters:
    ///   - policy: how often checks are made and how long they may take.
    ///   - maximumConcurrentChecks: how many may wait for an answer at the same time.
    ///   - report: called on the thread with each outcome; must not block.
    package init(
        policy: HealthPolicy, maximumConcurrentChecks: Int,
        report: @escaping @Sendable (HealthCheck, CheckOutcome) -> Void
    ) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let schedule = NIOLoopBoundBox<CheckSchedule?>.makeEmptyBox(eventLoop: loop)
        loop.execute {
            schedule.value = CheckSchedule(
                loop: loop, policy: policy, maximumConcurrentChecks: maximumConcurrentChecks,
                report: report)
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

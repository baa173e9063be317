internal import Dispatch

/// Runs an actor's jobs on a queue of its own, one after another.
///
/// Calls that block must not hold a thread of the pool that all tasks share. Dispatch has such an
/// executor for Apple's systems only (`DispatchSerialQueue`).
package final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Makes an executor whose queue bears this name.
    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs a job after those before it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = unsafe asUnownedSerialExecutor()
        queue.async { unsafe job.runSynchronously(on: executor) }
    }
}

import Synchronization

/// How a role that keeps tables is: what its health port and its metrics tell.
package final class SyncHealth: Sendable {
    /// How the role is at one moment.
    package struct State: Hashable, Sendable {
        /// True once the kernel has held everything that was known.
        package var hasSynced = false
        /// True if a predecessor left complete tables in the kernel, which go on until the first
        /// sync.
        package var hasAdopted = false
        /// True if this host's Node is being deleted.
        package var isNodeGoing = false
        /// The last time that the kernel's tables were read back and matched.
        package var readBack: ReadBack?
        /// When the kernel last held everything that was known.
        package var lastSync: ContinuousClock.Instant?
        /// Since when changes wait that are not in the kernel; nil if none do.
        package var waitingSince: ContinuousClock.Instant?
        /// Why the kernel could not be written last; nil if it could.
        package var lastError: String?
        /// Why no changes arrive from the API; nil if they do.
        package var disconnected: String?
        /// Services that the kernel refused, with the reason.
        package var refused: [String: String] = [:]
        /// How many Services have frontends in the kernel.
        package var serviceCount = 0
    }

    /// A time at which the kernel's tables were read back and matched the plan.
    package struct ReadBack: Hashable, Sendable {
        /// When the reading ended.
        package let time: ContinuousClock.Instant
        /// Stands for what they held: equal tables have equal digests.
        package let digest: String

        /// Notes a reading.
        package init(time: ContinuousClock.Instant, digest: String) {
            self.time = time
            self.digest = digest
        }
    }

    private let value = Mutex(State())
    private let stallTimeout: Duration

    /// Health of a role that has done nothing yet.
    package init(stallTimeout: Duration) {
        self.stallTimeout = stallTimeout
    }

    /// How the role is now.
    package var state: State { value.withLock { $0 } }

    /// Changes the state in one step.
    package func update(_ change: (inout State) -> Void) { value.withLock { change(&$0) } }

    /// True if traffic is steered as the API, and a balancer's checks, last said.
    ///
    /// An API that is away leaves the role healthy, because the kernel keeps the last state; so
    /// does a Service without a healthy node, which is refused as it should be.
    package func isHealthy(at now: ContinuousClock.Instant) -> Bool {
        state.hasSynced && isAlive(at: now)
    }

    /// False if changes wait for too long; a first sync may take as long as it needs.
    package func isAlive(at now: ContinuousClock.Instant) -> Bool {
        let state = state
        guard state.hasSynced, let since = state.waitingSince else { return true }
        return now - since < stallTimeout
    }

    /// Whether balancers may go on sending to this node: changes do not stall, and it stays.
    package func isEligible(at now: ContinuousClock.Instant) -> Bool {
        isAlive(at: now) && !state.isNodeGoing
    }

    /// Whether the kernel steers traffic: it has held everything that was known, now or, until an
    /// API answers, when a predecessor ended.
    package func isReady(at now: ContinuousClock.Instant) -> Bool {
        let state = state
        return (state.hasSynced || state.hasAdopted) && isEligible(at: now)
    }
}

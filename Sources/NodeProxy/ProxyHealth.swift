import Synchronization

/// What the proxy's health port and its metrics tell of it.
package final class ProxyHealth: Sendable {
    /// How the proxy is at one moment.
    package struct State: Hashable, Sendable {
        /// True once the kernel has held everything that was known.
        package var hasSynced = false
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

    private let value = Mutex(State())
    private let stallTimeout: Duration

    /// Health of a proxy that has done nothing yet.
    package init(stallTimeout: Duration) {
        self.stallTimeout = stallTimeout
    }

    /// How the proxy is now.
    package var state: State { value.withLock { $0 } }

    func update(_ change: (inout State) -> Void) { value.withLock { change(&$0) } }

    /// True if traffic is steered as the API last said: what a balancer wants to know.
    ///
    /// An API that is away leaves the proxy healthy, because the kernel keeps the last state.
    package func isHealthy(at now: ContinuousClock.Instant) -> Bool {
        let state = state
        guard state.hasSynced else { return false }
        guard let since = state.waitingSince else { return true }
        return now - since < stallTimeout
    }
}

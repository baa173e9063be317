import FoundationEssentials
import HealthChecking
import Synchronization

/// Where the prober's thread writes what it finds, and everybody else reads it.
final class HealthBoard: Sendable {
    /// What has changed since the board was last asked.
    struct News: Sendable {
        /// Checks that changed their mind.
        let changed: Set<HealthCheck>
        /// All checks whose targets take no traffic.
        let unhealthy: Set<HealthCheck>
        /// When the first of the changes was decided; nil if there are none.
        let decided: ContinuousClock.Instant?
    }

    private struct State {
        var ledger: HealthLedger
        var decided: ContinuousClock.Instant?
    }

    private let state: Mutex<State>
    private let metrics: BalancerMetrics
    private let signal: AsyncStream<Void>.Continuation
    private let told: @Sendable (HealthCheck, HealthState.Effect) -> Void

    /// - Parameters:
    ///   - policy: what outcomes add up to under.
    ///   - metrics: counts them.
    ///   - signal: told whenever there is news.
    ///   - told: told each change of mind.
    init(
        policy: HealthPolicy, metrics: BalancerMetrics, signal: AsyncStream<Void>.Continuation,
        told: @escaping @Sendable (HealthCheck, HealthState.Effect) -> Void
    ) {
        state = Mutex(State(ledger: HealthLedger(policy: policy)))
        self.metrics = metrics
        self.signal = signal
        self.told = told
    }

    /// Everything that is known of each check.
    var records: [HealthCheck: HealthLedger.Record] { state.withLock { $0.ledger.records } }

    /// Begins with some checks and forgets others.
    func change(starting: [HealthCheck], ending: [HealthCheck]) {
        let now = Date.now
        state.withLock { state in
            for check in ending { state.ledger.end(check) }
            for check in starting { state.ledger.begin(check, at: now) }
        }
    }

    /// Takes note of what came of a check.
    func take(_ outcome: CheckOutcome, of check: HealthCheck) {
        let now = Date.now
        let effect = state.withLock { state in
            let effect = state.ledger.take(outcome, of: check, at: now)
            if state.ledger.hasChanged, state.decided == nil { state.decided = .now }
            return effect
        }
        metrics.checked(outcome)
        guard effect != .none else { return }
        metrics.changedMind(effect)
        told(check, effect)
        signal.yield()
    }

    /// Returns what has changed since the last call.
    func takeNews() -> News {
        state.withLock { state in
            defer { state.decided = nil }
            return News(
                changed: state.ledger.takeChanged(), unhealthy: state.ledger.unhealthy,
                decided: state.decided)
        }
    }
}

import FoundationEssentials
import HealthChecking
import Synchronization

/// Where the prober's thread writes what it finds, and everybody else reads it.
final class HealthBoard: Sendable {
    /// What has changed since the board was last asked.
    struct News: Sendable {
        /// Checks that changed their mind.
        let changed: Set<HealthCheck>
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
    /// Told whenever there may be something else to remember.
    let memoryChanges: AsyncStream<Void>
    private let memoryChange: AsyncStream<Void>.Continuation
    private let told: @Sendable (HealthCheck, HealthState.Effect) -> Void

    /// - Parameters:
    ///   - slowStart: how long a target that returns takes to get its full share.
    ///   - memory: what the balancer's last run knew.
    ///   - metrics: counts them.
    ///   - signal: told whenever there is news.
    ///   - told: told each change of mind.
    init(
        slowStart: Duration, memory: HealthMemory = HealthMemory(), metrics: BalancerMetrics,
        signal: AsyncStream<Void>.Continuation,
        told: @escaping @Sendable (HealthCheck, HealthState.Effect) -> Void
    ) {
        state = Mutex(State(ledger: HealthLedger(slowStart: slowStart, memory: memory)))
        (memoryChanges, memoryChange) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.metrics = metrics
        self.signal = signal
        self.told = told
    }

    /// Everything that is known of each check.
    var records: [HealthCheck: HealthLedger.Record] { state.withLock { $0.ledger.records } }

    /// What the next run has to know.
    var remembered: [HealthMemory.Entry] { state.withLock { $0.ledger.remembered } }

    /// Begins with some checks and forgets others.
    func change(starting: Set<HealthCheck>, ending: Set<HealthCheck>) {
        guard !starting.isEmpty || !ending.isEmpty else { return }
        let now = Date.now
        state.withLock { state in
            state.ledger.change(starting: starting, ending: ending, at: now)
        }
        memoryChange.yield()
    }

    /// What all checks together say now.
    var standings: CheckStandings { state.withLock { $0.ledger.standings } }

    /// Takes note of what came of a check; returns how long to wait before the next.
    @discardableResult
    func take(_ outcome: CheckOutcome, of check: HealthCheck) -> Duration? {
        let now = Date.now
        let (effect, hasNews, pause) = state.withLock { state in
            let effect = state.ledger.take(outcome, of: check, at: now)
            if state.ledger.hasChanged, state.decided == nil { state.decided = .now }
            return (effect, state.ledger.hasChanged, state.ledger.nextInterval(of: check))
        }
        metrics.checked(outcome)
        if effect != .none {
            metrics.changedMind(effect)
            told(check, effect)
        }
        if effect != .none || hasNews {
            signal.yield()
            memoryChange.yield()
        }
        return pause
    }

    /// Returns what has changed since the last call.
    func takeNews() -> News {
        state.withLock { state in
            state.ledger.advance(to: .now)
            defer { state.decided = nil }
            return News(
                changed: state.ledger.takeChanged(), decided: state.decided)
        }
    }
}

package import FoundationEssentials
package import HealthChecking

/// What the checks have shown so far: one state a check.
///
/// Knows no clock.
package struct HealthLedger: Sendable {
    /// What is known of one check.
    package struct Record: Hashable, Sendable {
        /// Whether its target takes traffic, and what speaks against that.
        package fileprivate(set) var state: HealthState
        /// Since when its condition is what it is.
        package fileprivate(set) var since: Date
        /// Why its target takes no traffic; nil if it does.
        package fileprivate(set) var reason: CheckFailure?
        /// What came of it last; nil before the first answer.
        package fileprivate(set) var last: CheckOutcome?
        /// Outcomes so far.
        package fileprivate(set) var outcomeCount = 0
        /// How many endpoints the target told last; nil if it tells none.
        package fileprivate(set) var weight: Int?
    }

    /// How long a target that returns takes to get its full share; zero: it has it at once.
    package let slowStart: Duration
    /// Every check that is made.
    package private(set) var records: [HealthCheck: Record] = [:]
    /// The checks whose targets take no traffic.
    package private(set) var unhealthy: Set<HealthCheck> = []
    /// How many endpoints each target told that tells them.
    private var weights: [HealthCheck: Int] = [:]
    /// The targets that are on their way back: since when, and how far.
    private var returning: [HealthCheck: (since: ContinuousClock.Instant, steps: Int)] = [:]
    /// The checks that changed their mind since this was last asked.
    private var changed: Set<HealthCheck> = []

    /// Nothing is checked yet.
    package init(slowStart: Duration = .zero) {
        self.slowStart = slowStart
    }

    /// What all checks together say.
    package var standings: CheckStandings {
        CheckStandings(
            unhealthy: unhealthy, weights: weights, warmth: returning.mapValues { $0.steps })
    }

    /// Begins with a check of which nothing is known but what is remembered.
    package mutating func begin(
        _ check: HealthCheck, at now: Date, remembering entry: HealthMemory.Entry? = nil
    ) {
        guard records[check] == nil else { return }
        var record = Record(state: HealthState(policy: check.policy), since: now)
        if let reason = entry?.reason {
            record.state = HealthState(unhealthyUnder: check.policy)
            record.reason = reason
        } else if !record.state.takesTraffic {
            record.reason = .notChecked
        }
        if let entry {
            record.since = entry.since
            record.weight = entry.weight
            weights[check] = entry.weight
        }
        if !record.state.takesTraffic { unhealthy.insert(check) }
        records[check] = record
    }

    /// Forgets a check.
    package mutating func end(_ check: HealthCheck) {
        records[check] = nil
        unhealthy.remove(check)
        changed.remove(check)
        weights[check] = nil
        returning[check] = nil
    }

    /// Takes note of an outcome; that of a check that has ended meanwhile says nothing.
    ///
    /// A check that could not be made says nothing about the node either: a balancer that is out
    /// of ports or descriptors must not take every node for dead.
    package mutating func take(
        _ outcome: CheckOutcome, of check: HealthCheck, at now: Date,
        instant: ContinuousClock.Instant = .now
    ) -> HealthState.Effect {
        guard var record = records.removeValue(forKey: check) else { return .none }
        record.last = outcome
        record.outcomeCount += 1
        var effect = HealthState.Effect.none
        switch outcome.failure {
        case nil:
            effect = record.state.succeeded()
            if record.weight != outcome.weight {
                record.weight = outcome.weight
                weights[check] = outcome.weight
                changed.insert(check)
            }
        case .notMade: break
        case .some(let reason): effect = record.state.failed(reason)
        }
        switch effect {
        case .none: break
        case .becameHealthy:
            record.since = now
            record.reason = nil
            if unhealthy.remove(check) != nil {
                changed.insert(check)
                if slowStart > .zero { returning[check] = (instant, 1) }
            }
        case .becameUnhealthy(let reason):
            record.since = now
            record.reason = reason
            unhealthy.insert(check)
            changed.insert(check)
            returning[check] = nil
        }
        records[check] = record
        return effect
    }

    /// How long to wait before the check is made again; nil if it has ended.
    package func nextInterval(of check: HealthCheck) -> Duration? {
        records[check]?.state.nextInterval
    }

    /// Lets time pass for the targets that are on their way back.
    package mutating func advance(to now: ContinuousClock.Instant) {
        for (check, progress) in returning {
            let total = CheckStandings.warmthSteps
            let done = Int(((now - progress.since) / slowStart) * Double(total)) + 1
            guard done > progress.steps else { continue }
            changed.insert(check)
            returning[check] = done < total ? (progress.since, done) : nil
        }
    }

    /// Whether any check changed its mind since that was last asked.
    package var hasChanged: Bool { !changed.isEmpty }

    /// Returns the checks that changed their mind since the last call.
    package mutating func takeChanged() -> Set<HealthCheck> {
        defer { changed = [] }
        return changed
    }
}

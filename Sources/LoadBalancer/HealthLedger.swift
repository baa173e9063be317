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
    }

    /// What results add up to under.
    package let policy: HealthPolicy
    /// Every check that is made.
    package private(set) var records: [HealthCheck: Record] = [:]
    /// The checks whose targets take no traffic.
    package private(set) var unhealthy: Set<HealthCheck> = []
    /// The checks that changed their mind since this was last asked.
    private var changed: Set<HealthCheck> = []

    /// Nothing is checked yet.
    package init(policy: HealthPolicy) {
        self.policy = policy
    }

    /// Begins with a check of which nothing is known.
    package mutating func begin(_ check: HealthCheck, at now: Date) {
        guard records[check] == nil else { return }
        records[check] = Record(state: HealthState(policy: policy), since: now)
    }

    /// Forgets a check.
    package mutating func end(_ check: HealthCheck) {
        records[check] = nil
        unhealthy.remove(check)
        changed.remove(check)
    }

    /// Takes note of an outcome; that of a check that has ended meanwhile says nothing.
    ///
    /// A check that could not be made says nothing about the node either: a balancer that is out
    /// of ports or descriptors must not take every node for dead.
    package mutating func take(
        _ outcome: CheckOutcome, of check: HealthCheck, at now: Date
    ) -> HealthState.Effect {
        guard var record = records.removeValue(forKey: check) else { return .none }
        record.last = outcome
        record.outcomeCount += 1
        var effect = HealthState.Effect.none
        switch outcome.failure {
        case nil: effect = record.state.succeeded()
        case .notMade: break
        case .some(let reason): effect = record.state.failed(reason)
        }
        switch effect {
        case .none: break
        case .becameHealthy:
            record.since = now
            record.reason = nil
            if unhealthy.remove(check) != nil { changed.insert(check) }
        case .becameUnhealthy(let reason):
            record.since = now
            record.reason = reason
            unhealthy.insert(check)
            changed.insert(check)
        }
        records[check] = record
        return effect
    }

    /// Whether any check changed its mind since that was last asked.
    package var hasChanged: Bool { !changed.isEmpty }

    /// Returns the checks that changed their mind since the last call.
    package mutating func takeChanged() -> Set<HealthCheck> {
        defer { changed = [] }
        return changed
    }
}

import Addressing
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

    /// What checks said that are not made now.
    private var memory: HealthMemory

    /// Nothing is checked yet.
    package init(slowStart: Duration = .zero, memory: HealthMemory = HealthMemory()) {
        self.slowStart = slowStart
        self.memory = memory
    }

    /// What all checks together say.
    package var standings: CheckStandings {
        CheckStandings(
            unhealthy: unhealthy, weights: weights, warmth: returning.mapValues { $0.steps })
    }

    /// Ends some checks, and begins with others, of which nothing is known but what is remembered.
    ///
    /// What the ended ones said last is remembered for when they begin again. A node that one of
    /// the others cannot reach has to answer the new ones once before it is believed in.
    package mutating func change(
        starting: Set<HealthCheck>, ending: Set<HealthCheck> = [], at now: Date
    ) {
        let silent = starting.isEmpty ? [] : silentNodes
        for check in ending { end(check) }
        var used: [HealthMemory.Entry] = []
        for check in starting where records[check] == nil {
            let entry = memory.entry(of: check)
            if let entry { used.append(entry) }
            let isSilent = silent.contains(check.socket.address)
            let record = Self.record(of: check, entry, isSilent, now)
            weights[check] = record.weight
            if !record.state.takesTraffic { unhealthy.insert(check) }
            records[check] = record
        }
        // Not before: checks that differ in their pace alone share one.
        memory.forget(used)
    }

    private static func record(
        of check: HealthCheck, _ entry: HealthMemory.Entry?, _ isSilent: Bool, _ now: Date
    ) -> Record {
        var record = Record(state: HealthState(policy: check.policy), since: entry?.since ?? now)
        record.weight = entry?.weight
        if let reason = entry?.reason {
            record.state = HealthState(unhealthyUnder: check.policy)
            record.reason = reason
        } else if isSilent {
            record.state = HealthState(unhealthyUnder: check.policy, isHearsay: true)
        }
        if !record.state.takesTraffic, record.reason == nil { record.reason = .notChecked }
        return record
    }

    /// The addresses from which no answer came to some check.
    private var silentNodes: Set<IPAddress> {
        Set(
            unhealthy.lazy.filter { check in
                switch records[check]?.reason {
                case .timedOut, .unreachable: true
                default: false
                }
            }.map(\.socket.address))
    }

    private mutating func end(_ check: HealthCheck) {
        if let record = records.removeValue(forKey: check),
            let entry = HealthMemory.Entry(check, record)
        {
            memory.note(entry)
        }
        unhealthy.remove(check)
        changed.remove(check)
        weights[check] = nil
        returning[check] = nil
    }

    /// What the next run has to know, in order of the checks' names.
    package var remembered: [HealthMemory.Entry] {
        let told = weights.lazy.filter { $0.value != 1 }.map(\.key)
        let entries = unhealthy.union(told).compactMap { check in
            records[check].flatMap { HealthMemory.Entry(check, $0) }
        }
        return (entries + memory.entries).sorted { $0.check < $1.check }
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
        case .some(let reason):
            effect = record.state.failed(reason)
            if record.reason == .notChecked { record.reason = reason }
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

/// Which targets are ejected because connections to them fail: a state machine that is told
/// evidence and time, and knows no clock.
///
/// Times are durations since any one moment; they must not go back. Targets belong to groups,
/// a port of a Service each, of which only a share may be ejected at once.
package struct EjectionLedger<Group: Hashable & Sendable, Target: Hashable & Sendable>: Sendable {
    /// A target that gets no new connections.
    package struct Ejection: Hashable, Sendable {
        /// When it was ejected.
        package let since: Duration
        /// When it comes back, unless a check that reaches it succeeds before.
        package let until: Duration
        /// How many ejections this is without a quiet time between them, from 1.
        package let number: Int

        /// Puts its parts together.
        package init(since: Duration, until: Duration, number: Int) {
            self.since = since
            self.until = until
            self.number = number
        }
    }

    private struct Record {
        let group: Group
        var failures = 0
        /// The ejection that holds, or the last one.
        var last: Ejection?
    }

    /// When and for how long.
    package let policy: EjectionPolicy
    /// The targets that are ejected: a few of many, asked for with every connection.
    package private(set) var ejected: [Target: Ejection] = [:]
    /// Ejections of before that wait for somebody to watch their targets, and end like others.
    package private(set) var remembered: [Target: Ejection]
    private var records: [Target: Record] = [:]
    private var groups: [Group: Set<Target>] = [:]
    private var changed: Set<Group> = []

    /// Nothing is watched; targets are ejected as remembered as soon as they are.
    package init(policy: EjectionPolicy, remembered: [Target: Ejection] = [:]) {
        self.policy = policy
        self.remembered = remembered
    }

    /// Whether any target is watched.
    package var isEmpty: Bool { records.isEmpty }

    /// Whether evidence about a target counts.
    package func watches(_ target: Target) -> Bool { records[target] != nil }

    /// Watches exactly these targets of a group; no targets end it.
    ///
    /// What is known of a target that stays in the group stays known. When so many go that more
    /// than the share of the rest is ejected, all of the group come back.
    package mutating func watch(_ group: Group, _ targets: Set<Target>) {
        for gone in (groups[group] ?? []).subtracting(targets) {
            records[gone] = nil
            ejected[gone] = nil
        }
        groups[group] = targets.isEmpty ? nil : targets
        for target in targets where records[target]?.group != group {
            let ejection = remembered.removeValue(forKey: target)
            records[target] = Record(group: group, last: ejection)
            ejected[target] = ejection
        }
        guard ejectedCount(in: group) > policy.allowance(among: targets.count) else { return }
        for target in targets { comeBack(target) }
    }

    /// Takes note that a target answered a connection.
    package mutating func succeeded(_ target: Target) { records[target]?.failures = 0 }

    /// Takes note that a target refused a connection or left it without an answer; true if it is
    /// ejected by that.
    @discardableResult
    package mutating func failed(_ target: Target, at now: Duration) -> Bool {
        guard var record = records[target], ejected[target] == nil else { return false }
        record.failures += 1
        defer { records[target] = record }
        let count = groups[record.group]?.count ?? 0
        guard record.failures >= policy.failures,
            ejectedCount(in: record.group) < policy.allowance(among: count)
        else { return false }
        let number = Self.number(after: record.last, at: now)
        record.last = Ejection(
            since: now, until: now + policy.time(ofEjection: number), number: number)
        ejected[target] = record.last
        record.failures = 0
        changed.insert(record.group)
        return true
    }

    /// Takes note that a check of the target itself succeeded, which began at that time; true if
    /// it comes back by that.
    @discardableResult
    package mutating func checkSucceeded(_ target: Target, begunAt begin: Duration) -> Bool {
        guard let ejection = ejected[target], begin >= ejection.since else { return false }
        comeBack(target)
        return true
    }

    /// Lets time pass; returns the targets that come back.
    package mutating func advance(to now: Duration) -> [Target] {
        forgetRemembered(before: now)
        guard !ejected.isEmpty else { return [] }
        let due = ejected.filter { $0.value.until <= now }.map { $0.key }
        for target in due { comeBack(target) }
        return due
    }

    /// Forgets ejections of before that are over, whose targets nobody has watched.
    package mutating func forgetRemembered(before now: Duration) {
        guard !remembered.isEmpty else { return }
        remembered = remembered.filter { $0.value.until > now }
    }

    /// Forgets what speaks against the targets that are not ejected: evidence was lost, and it may
    /// have been the successes between the failures.
    package mutating func forgetFailures() {
        for target in records.keys { records[target]?.failures = 0 }
    }

    /// The groups with another set of ejected targets than when this was last asked.
    package mutating func takeChanged() -> Set<Group> {
        defer { changed = [] }
        return changed
    }

    /// One more than before, or 1 if the target was well for as long as it was ejected.
    private static func number(after last: Ejection?, at now: Duration) -> Int {
        guard let last, now - last.until < last.until - last.since else { return 1 }
        return last.number + 1
    }

    private func ejectedCount(in group: Group) -> Int {
        ejected.isEmpty ? 0 : groups[group]?.count { ejected[$0] != nil } ?? 0
    }

    private mutating func comeBack(_ target: Target) {
        guard let record = records[target], ejected.removeValue(forKey: target) != nil else {
            return
        }
        records[target]?.failures = 0
        changed.insert(record.group)
    }
}

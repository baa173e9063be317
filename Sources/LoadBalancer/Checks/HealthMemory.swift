package import FoundationEssentials
package import HealthChecking

/// What checks said last of the targets that are not simply well, for the balancer's next run.
///
/// HAProxy calls it the servers' state. Without it, a restart would send connections to nodes that
/// are known to be dead, or to have no endpoint, until its own checks have found that out again.
package struct HealthMemory: Sendable {
    /// What is remembered of one check.
    package struct Entry: Codable, Hashable, Sendable {
        /// Which check, in the words of the log.
        package let check: String
        /// Why its target takes no traffic; nil if it does.
        package let reason: CheckFailure?
        /// Since when.
        package let since: Date
        /// How many endpoints the target has; nil if it tells none.
        package let weight: Int?
    }

    private let entries: [String: Entry]

    /// Goes on from what was remembered.
    package init(_ entries: [Entry] = []) {
        self.entries = Dictionary(
            entries.map { ($0.check, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What is remembered of a check; nil if its target was well, or nobody knew.
    package func entry(of check: HealthCheck) -> Entry? {
        entries.isEmpty ? nil : entries["\(check)"]
    }

    /// What is worth remembering, in the checks' order.
    ///
    /// Checks that differ in what they want of the same place have one name; where they disagree,
    /// nothing is remembered.
    package static func entries(of records: [HealthCheck: HealthLedger.Record]) -> [Entry] {
        let exceptions = records.compactMap { check, record in
            entry(of: check, record).map { (check, $0) }
        }
        let sockets = Set(exceptions.map(\.0.socket))
        let exceptional = Set(exceptions.map(\.0))
        let others = Set(
            records.keys.filter { sockets.contains($0.socket) && !exceptional.contains($0) }
                .map(\.description))
        var byName: [String: Entry] = [:]
        var disputed = others
        for (_, entry) in exceptions {
            if let known = byName[entry.check], !known.agrees(with: entry) {
                disputed.insert(entry.check)
            }
            byName[entry.check] = entry
        }
        return byName.values.filter { !disputed.contains($0.check) }
            .sorted { $0.check < $1.check }
    }

    private static func entry(of check: HealthCheck, _ record: HealthLedger.Record) -> Entry? {
        // One that has to prove itself first does so again by its policy.
        let reason = record.reason == .notChecked ? nil : record.reason
        guard reason != nil || (record.weight ?? 1) != 1 else { return nil }
        return Entry(
            check: "\(check)", reason: reason, since: record.since, weight: record.weight)
    }
}

extension HealthMemory.Entry {
    fileprivate func agrees(with other: Self) -> Bool {
        (reason == nil) == (other.reason == nil) && weight == other.weight
    }
}

package import FoundationEssentials
package import HealthChecking

/// What checks that are not made now said last of targets that were not simply well: those of
/// nodes that left for a while, and at a start those of the balancer's last run.
///
/// HAProxy calls it the servers' state. Without it, a restart would send connections to nodes that
/// are known to be dead, or to have no endpoint, until its own checks have found that out again.
package struct HealthMemory: Sendable {
    /// How many checks that ended are remembered before the older half of them is forgotten.
    static let limit = 16_384

    /// What is remembered of one check.
    package struct Entry: Codable, Hashable, Sendable {
        /// Which check: as the log calls it, and what else it wants.
        package let check: String
        /// Why its target takes no traffic; nil if it does.
        package let reason: CheckFailure?
        /// Since when.
        package let since: Date
        /// How many endpoints the target has; nil if it tells none.
        package let weight: Int?

        /// What is worth remembering of a check; nil if its target is simply well, or unknown.
        ///
        /// One that has to prove itself first does so again by its policy.
        package init?(_ check: HealthCheck, _ record: HealthLedger.Record) {
            reason = record.reason == .notChecked ? nil : record.reason
            guard reason != nil || (record.weight ?? 1) != 1 else { return nil }
            self.check = HealthMemory.name(of: check)
            since = record.since
            weight = record.weight
        }
    }

    private var byName: [String: Entry]

    /// Goes on from what was remembered.
    package init(_ entries: [Entry] = []) {
        byName = Dictionary(entries.map { ($0.check, $0) }) { first, _ in first }
    }

    /// Everything that is remembered.
    package var entries: some Collection<Entry> { byName.values }

    /// What is remembered of a check.
    package func entry(of check: HealthCheck) -> Entry? {
        byName.isEmpty ? nil : byName[Self.name(of: check)]
    }

    /// Remembers what an ended check has said.
    package mutating func note(_ entry: Entry) {
        if byName.count >= Self.limit {
            let newest = byName.values.sorted { $0.since > $1.since }.prefix(Self.limit / 2)
            self = HealthMemory(Array(newest))
        }
        byName[entry.check] = entry
    }

    /// Forgets what checks that are made now know themselves.
    package mutating func forget(_ entries: some Sequence<Entry>) {
        for entry in entries { byName[entry.check] = nil }
    }

    /// The same for checks that differ in their pace alone.
    private static func name(of check: HealthCheck) -> String {
        switch check.request {
        case .connect, .command, .endpointCount, .grpc(_, security: nil): "\(check)"
        case .http(let http) where http == HTTPRequest(path: http.path): "\(check)"
        case .http, .grpc, .datagram: "\(check) \(check.request)"
        }
    }
}

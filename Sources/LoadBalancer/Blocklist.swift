package import Addressing
package import FoundationEssentials
import Forwarding
package import Ruleset

/// Clients that a balancer's addresses do not hear, as they were blocked: blocks of addresses,
/// which may lie within one another.
package struct Blocklist: Sendable {
    /// One block, and for how long.
    package struct Entry: Hashable, Sendable, Codable {
        /// The block, such as `203.0.113.10/32`.
        package let block: String
        /// When it was blocked.
        package let since: Date
        /// When that ends by itself; nil: never.
        package let until: Date?
    }

    /// Blocks that can be blocked at once: the kernel's list is written as a whole.
    package static let limit = 65_536
    /// The longest time for which a block can be blocked, but for ever: ten years.
    package static let longestTime = Duration.seconds(10 * 365 * 86_400)

    private var entries: [CIDRBlock: Entry] = [:]

    /// Nobody is blocked, or who was in an earlier run.
    package init(_ entries: [Entry] = []) {
        for entry in entries {
            if let block = CIDRBlock(entry.block) { self.entries[block] = entry }
        }
    }

    /// Blocks addresses, instead of what was said of the same block before; false if there are
    /// too many blocks.
    package mutating func block(_ block: CIDRBlock, since: Date, until: Date?) -> Bool {
        forget(until: since)
        guard entries[block] != nil || entries.count < Self.limit else { return false }
        entries[block] = Entry(block: "\(block)", since: since, until: until)
        return true
    }

    /// Takes a block back; false if it was not blocked.
    ///
    /// Others that hold the same addresses stay.
    package mutating func unblock(_ block: CIDRBlock, at now: Date) -> Bool {
        forget(until: now)
        return entries.removeValue(forKey: block) != nil
    }

    /// Who is blocked, in order of the addresses.
    package func entries(at now: Date) -> [Entry] {
        entries.filter { $0.value.isInForce(at: now) }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// What the kernel's list of one family should hold from now on.
    package func elements(of family: IPFamily, at now: Date) -> [TimedElement] {
        BlockedRanges.elements(
            of: entries.filter { $0.value.isInForce(at: now) }.map { block, entry in
                (block, entry.until.map { Int($0.timeIntervalSince(now).rounded(.up)) })
            }, family)
    }

    private mutating func forget(until now: Date) {
        entries = entries.filter { $0.value.isInForce(at: now) }
    }
}

extension Blocklist.Entry {
    /// Whether its time has not come yet.
    fileprivate func isInForce(at now: Date) -> Bool { until.map { $0 > now } ?? true }
}

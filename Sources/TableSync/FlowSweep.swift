package import Forwarding
package import Netfilter

/// The flows that changes left without their backend, until they have been looked for often
/// enough; pure.
///
/// One look is not enough: a packet that passed the rules while the change was committed is
/// tracked only when it leaves the host, which may be after the look.
package struct FlowSweep: Sendable {
    /// How many looks a change gets.
    package static let looks = 3

    private var looksLeft: [FlowFilter: Int] = [:]

    /// Nothing has changed.
    package init() {}

    /// Whether there is anything to look for.
    package var isEmpty: Bool { looksLeft.isEmpty }

    /// What is to be deleted now.
    package var filters: [FlowFilter] { Array(looksLeft.keys) }

    /// What has never been looked for.
    package var unseen: [FlowFilter] {
        looksLeft.filter { $0.value == Self.looks }.map(\.key)
    }

    /// Notes flows to look for.
    package mutating func add(_ filters: [FlowFilter]) {
        for filter in filters { looksLeft[filter] = Self.looks }
    }

    /// Notes what one transaction's new entries leave behind, and lets go what they have again.
    package mutating func note(from old: [ForwardingEntry], to new: [ForwardingEntry]) {
        if !looksLeft.isEmpty {
            for entry in new {
                for backend in entry.flowTargets {
                    looksLeft[FlowFilter(of: entry.frontend, to: backend)] = nil
                }
            }
            // What was not translated before a frontend came is not translated after it went.
            let present = Set(new.lazy.filter { !$0.backends.isEmpty }.map(\.frontend))
            for entry in old where !present.contains(entry.frontend) {
                looksLeft[FlowFilter(of: entry.frontend, to: entry.frontend.socket)] = nil
            }
        }
        add(StaleFlows.filters(from: old, to: new))
    }

    /// Notes that these were looked for.
    package mutating func endLook(at looked: [FlowFilter]) {
        for filter in looked {
            guard let left = looksLeft[filter] else { continue }
            looksLeft[filter] = left > 1 ? left - 1 : nil
        }
    }
}

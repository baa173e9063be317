import Addressing
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

    /// By the frontend, of which a change has the backends that came back.
    private var looksLeft: [SocketEndpoint?: [FlowFilter: Int]] = [:]
    private var isRepetitionDue = false

    /// Nothing has changed.
    package init() {}

    /// Whether there is anything to look for.
    package var isEmpty: Bool { looksLeft.isEmpty }

    /// All that is looked for.
    package var filters: [FlowFilter] { looksLeft.values.flatMap(\.keys) }

    /// What has never been looked for.
    package var unseen: [FlowFilter] {
        looksLeft.values.flatMap { $0.filter { $0.value == Self.looks }.keys }
    }

    /// Has the next look be for what was looked for before as well: it is time for that.
    package mutating func repeatLooks() { isRepetitionDue = !isEmpty }

    /// What the next look is for.
    package mutating func takeDue() -> [FlowFilter] {
        defer { isRepetitionDue = false }
        return isRepetitionDue ? filters : unseen
    }

    /// Notes flows to look for.
    package mutating func add(_ filters: [FlowFilter]) { add(filters, looks: Self.looks) }

    /// Notes flows that were looked for once already.
    package mutating func add(lookedFor filters: [FlowFilter]) {
        add(filters, looks: Self.looks - 1)
    }

    private mutating func add(_ filters: [FlowFilter], looks: Int) {
        for filter in filters { looksLeft[filter.frontend, default: [:]][filter] = looks }
    }

    /// Notes what one transaction's new entries leave behind, and lets go what they have again.
    package mutating func note(from old: [ForwardingEntry], to new: [ForwardingEntry]) {
        letGo(from: old, to: new)
        add(StaleFlows.filters(from: old, to: new))
    }

    /// Lets go what one transaction's new entries have again.
    package mutating func letGo(from old: [ForwardingEntry], to new: [ForwardingEntry]) {
        guard !looksLeft.isEmpty else { return }
        for entry in new {
            guard let waiting = looksLeft[entry.frontend.socket]?.keys else { continue }
            // Most often few wait, of a node that all of many frontends lost.
            let targets = entry.flowTargets
            let isThere = waiting.count > 4 ? Set(targets).contains : targets.contains
            for filter in waiting where filter.transport == entry.frontend.transport {
                if let backend = filter.backend, isThere(backend) { remove(filter) }
            }
        }
        // What was not translated before a frontend came is not translated after it went.
        let present = Set(new.lazy.filter { !$0.backends.isEmpty }.map(\.frontend))
        for entry in old where !present.contains(entry.frontend) {
            remove(FlowFilter(of: entry.frontend, to: entry.frontend.socket))
        }
    }

    /// Notes that these were looked for.
    package mutating func endLook(at looked: [FlowFilter]) {
        for filter in looked {
            guard let left = looksLeft[filter.frontend]?[filter] else { continue }
            if left > 1 {
                looksLeft[filter.frontend]?[filter] = left - 1
            } else {
                remove(filter)
            }
        }
    }

    private mutating func remove(_ filter: FlowFilter) {
        looksLeft[filter.frontend]?[filter] = nil
        if looksLeft[filter.frontend]?.isEmpty == true { looksLeft[filter.frontend] = nil }
    }
}

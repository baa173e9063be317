import Addressing
import Forwarding
import Netfilter
import ServiceModel
import ServiceTranslation
import TableSync

/// Which targets are out for a reason that matters to their connections, so that a change of mind
/// about one is noticed once, also if it took no traffic before; pure.
struct DepartureLedger {
    /// Service by Service; one that is not among them is new.
    private var known: [ServiceIdentity: [BalancerPlan.DepartedTarget]] = [:]
    /// The targets whose flows were ended since the last step was taken.
    private var ended: Set<BalancerPlan.DepartedTarget.Place> = []

    /// Takes note of flows that are ended because frontends lost their backends.
    mutating func note(ended filters: [FlowFilter]) {
        for filter in filters {
            if let backend = filter.backend { ended.insert(.init(filter.transport, backend)) }
        }
    }

    /// Takes a step that the kernel holds; returns what may be left of flows to targets that are
    /// down since, and that had left their frontends before.
    ///
    /// Such a target was ejected, drained or without endpoints, and its flows went on. A start
    /// cannot know what was true before it, so that it takes all that are down for news. A Service
    /// that is new has no flows.
    mutating func take(_ step: BalancerPlan.Step, isComplete: Bool) -> [FlowFilter] {
        defer { ended = [] }
        if isComplete { known = [:] }
        let departures = Dictionary(
            step.departures.map { ($0.service, $0.1) }, uniquingKeysWith: { $1 })
        var filters: [FlowFilter] = []
        for (service, balanced) in step.updates {
            let now = departures[service] ?? []
            let before = known[service] ?? (isComplete ? [] : now)
            known[service] = balanced.entries.isEmpty ? nil : now
            guard now != before else { continue }
            let old = Set(before)
            for target in now where target.departure == .down && !old.contains(target) {
                guard !ended.contains(target.place) else { continue }
                filters += Self.filters(of: target.place, balanced.entries)
            }
        }
        return filters
    }

    /// The flows that frontends may have led to a backend which they have no more.
    private static func filters(
        of place: BalancerPlan.DepartedTarget.Place, _ entries: [ForwardingEntry]
    ) -> [FlowFilter] {
        entries.filter { entry in
            entry.frontend.transport == place.transport
                && entry.family == place.socket.address.family
                && (entry.backends.first.map { $0.port == place.socket.port } ?? true)
                && !entry.backends.contains(place.socket)
        }.map { FlowFilter(of: $0.frontend, to: place.socket) }
    }
}

import Addressing
import Ruleset

/// The tables at the device, through which nodes get packets as they are.
///
/// Frontends with the same nodes share a group of slots, so that a node's death is a few changes
/// however many frontends there are. A group's number means nothing to other balancers. Without
/// any frontend of a family there is no table of it.
struct DirectReturnTables: Sendable {
    /// An address and a protocol: what a fragment tells.
    struct Place: Hashable {
        let address: IPAddress
        let transport: TransportProtocol
    }

    private struct Group {
        /// 0 until it is settled.
        var number: UInt32 = 0
        var users = 0
        var slots: [IPAddress] = []
    }

    private struct Holding {
        let nodes: DirectReturn
        let label: String
    }

    /// How a holding stands in the maps, whoever the nodes of its group are.
    struct Mention: Hashable {
        let group: UInt32
        let grouping: DirectReturn.Grouping
        let label: String
    }

    let layout: ForwardingLayout
    private var ports: [Place: [Port: Holding]] = [:]
    private var groups: [DirectReturn: Group] = [:]
    private var numbers: Set<UInt32> = []
    /// What places had before the changes that are not settled yet.
    private var touched: [Place: [Port: Mention]] = [:]
    /// New groups in the order of their coming, each with those that its users left.
    private var arrivals: [(nodes: DirectReturn, from: [DirectReturn: Int])] = []
    private var families: Set<IPFamily> = []

    /// No frontend yet.
    init(layout: ForwardingLayout) {
        self.layout = layout
    }

    /// Takes some entries for others of the same Service; `settle` says what comes of it.
    mutating func replace(_ going: [ForwardingEntry], with coming: [ForwardingEntry]) {
        guard layout.directReturn != nil else { return }
        var left: [Frontend: DirectReturn] = [:]
        for entry in going {
            guard let nodes = entry.directReturn else { continue }
            let place = touch(entry.frontend)
            ports[place]?[entry.frontend.port] = nil
            if ports[place]?.isEmpty == true { ports[place] = nil }
            groups[nodes]?.users -= 1
            left[entry.frontend] = nodes
        }
        for entry in coming {
            guard let nodes = entry.directReturn else { continue }
            let place = touch(entry.frontend)
            ports[place, default: [:]][entry.frontend.port] = Holding(
                nodes: nodes, label: entry.label)
            if groups[nodes] == nil {
                groups[nodes] = Group()
                arrivals.append((nodes, [:]))
            }
            groups[nodes]?.users += 1
            if let old = left[entry.frontend],
                let index = arrivals.firstIndex(where: { $0.nodes == nodes })
            {
                arrivals[index].from[old, default: 0] += 1
            }
        }
    }

    /// Whether there are changes that are not settled.
    var isUnsettled: Bool { !touched.isEmpty }

    /// Gives new groups their numbers, and puts what changes into the delta.
    ///
    /// - Returns: what has to be made before, and what is to be removed after.
    mutating func settle(
        _ delta: inout ElementDelta?
    ) -> (first: [RulesetChange], last: [RulesetChange]) {
        for arrival in arrivals { settle(arrival.nodes, arrival.from, &delta) }
        arrivals = []
        for (nodes, group) in groups where group.users == 0 {
            exchange(group.slots, for: [], of: group.number, nodes.family, &delta)
            numbers.remove(group.number)
            groups[nodes] = nil
        }
        for (place, old) in touched {
            let new = mentions(at: place)
            // A node's death changes the slots of groups and nothing here.
            guard new != old else { continue }
            let table = DirectReturnLayout.table(place.address.family)
            for placed in elements(of: old, at: place) { delta?.remove(placed, from: table) }
            for placed in elements(of: new, at: place) { delta?.add(placed, to: table) }
        }
        touched = [:]
        let before = families
        families = Set(groups.keys.map(\.family))
        return (
            families.subtracting(before).sorted().flatMap { family in
                let empty = frame(family).table(flags: layout.flags)
                return Ruleset().changes(to: Ruleset([empty]))
            },
            before.subtracting(families).sorted().map {
                .deleteTable(DirectReturnLayout.table($0))
            }
        )
    }

    /// Everything that should be in the kernel.
    var tables: [Table] {
        families.map { family in
            let frame = frame(family)
            var table = frame.table(flags: layout.flags)
            var placed = ports.keys.filter { $0.address.family == family }.flatMap {
                elements(of: mentions(at: $0), at: $0)
            }
            for (nodes, group) in groups where nodes.family == family {
                placed += group.slots.enumerated().map { slot, node in
                    self.slot(slot, of: group.number, node)
                }
            }
            for placed in placed {
                table.sets[placed.set.name]?.elements[placed.element.key] = placed.element
            }
            return table
        }
    }

    /// A new group takes the number of the one that most of its users left, if nobody else has
    /// stayed there: then only slots change.
    private mutating func settle(
        _ nodes: DirectReturn, _ from: [DirectReturn: Int], _ delta: inout ElementDelta?
    ) {
        guard var group = groups[nodes], group.users > 0, let layout = layout.directReturn else {
            return
        }
        let forsaken = from.compactMap { old, count in
            groups[old].flatMap { group in
                group.users == 0 && group.number != 0 && old.family == nodes.family
                    ? (old: old, number: group.number, count: count) : nil
            }
        }
        let best = forsaken.max { ($0.count, $1.number) < ($1.count, $0.number) }
        group.number = best?.number ?? freeNumber
        group.slots = nodes.slots(layout.slotCount)
        let before = best.flatMap { groups.removeValue(forKey: $0.old)?.slots } ?? []
        numbers.insert(group.number)
        groups[nodes] = group
        exchange(before, for: group.slots, of: group.number, nodes.family, &delta)
    }

    private var freeNumber: UInt32 {
        var number: UInt32 = 1
        while numbers.contains(number) { number += 1 }
        return number
    }

    private func exchange(
        _ old: [IPAddress], for new: [IPAddress], of group: UInt32, _ family: IPFamily,
        _ delta: inout ElementDelta?
    ) {
        guard delta != nil else { return }
        let table = DirectReturnLayout.table(family)
        for slot in 0..<max(old.count, new.count) {
            let before = slot < old.count ? old[slot] : nil
            let after = slot < new.count ? new[slot] : nil
            guard before != after else { continue }
            if let before { delta?.remove(self.slot(slot, of: group, before), from: table) }
            if let after { delta?.add(self.slot(slot, of: group, after), to: table) }
        }
    }

    private mutating func touch(_ frontend: Frontend) -> Place {
        let place = Place(address: frontend.address, transport: frontend.transport)
        if touched[place] == nil { touched[place] = mentions(at: place) }
        return place
    }

    private func mentions(at place: Place) -> [Port: Mention] {
        (ports[place] ?? [:]).mapValues { holding in
            Mention(
                group: groups[holding.nodes]?.number ?? 0, grouping: holding.nodes.grouping,
                label: holding.label)
        }
    }
}

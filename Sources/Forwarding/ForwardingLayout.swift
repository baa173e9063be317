package import Addressing
package import Ruleset

/// Which table a host has, and what stands in it before the first Service.
package struct ForwardingLayout: Hashable, Sendable {
    /// What the host is.
    package enum Role: Hashable, Sendable {
        /// It has pods, and steers to pods.
        case node
        /// It steers to nodes.
        case balancer

        /// The name of its tables.
        package var tableName: String { self == .node ? "sluice" : "sluice-balancer" }
    }

    /// What the host is.
    package let role: Role
    /// Who may change the tables.
    package let flags: TableFlags
    /// True if frontends and endpoints count their new connections.
    package let hasCounters: Bool
    /// True if ClusterIPs answer everybody who has a route to them, not only pods and nodes.
    package let opensClusterIPs: Bool
    /// Where packets can be handed to nodes as they are; nil if nowhere.
    package var directReturn: DirectReturnLayout?

    /// Describes the tables of a host.
    package init(
        role: Role, flags: TableFlags = [], hasCounters: Bool = true, opensClusterIPs: Bool = false
    ) {
        self.role = role
        self.flags = flags
        self.hasCounters = hasCounters
        self.opensClusterIPs = opensClusterIPs
    }

    /// The tables of both address families, and those at the device.
    package var tables: [TableID] {
        familyTables + (directReturn == nil ? [] : IPFamily.allCases.map(DirectReturnLayout.table))
    }

    /// The tables of both address families.
    package var familyTables: [TableID] { IPFamily.allCases.map(table) }

    /// The map in which the kernel remembers clients of single frontends, and its table.
    package func affinityMap(
        _ family: TableFamily
    ) -> (table: TableID, declaration: SetDeclaration) {
        (TableID(family, role.tableName), sets.affinity)
    }

    /// The map in which the kernel remembers clients of whole Services, and its table.
    package func serviceAffinityMap(
        _ family: TableFamily
    ) -> (table: TableID, declaration: SetDeclaration) {
        (TableID(family, role.tableName), sets.serviceAffinity)
    }

    /// The map of frontends.
    package var services: SetDeclaration { sets.services }

    /// The map of what frontends lead to, one element a slot: `Frontend.slotKey`.
    package var endpoints: SetDeclaration { sets.endpoints }

    /// The set of sources that a balancer blocks.
    package var blocklist: SetDeclaration { sets.blocklist }

    /// The sets whose counters say what a balancer refused; none if nothing counts.
    package var refusalCounters: [(reason: RefusalReason, set: SetDeclaration)] {
        guard role == .balancer, hasCounters else { return [] }
        return [
            (.sourceRanges, sets.strangers), (.clientRate, sets.overRate),
            (.connectionLimit, sets.overLimit), (.blocklist, sets.virtualIPs),
        ]
    }

    /// The table of one family.
    package func table(_ family: IPFamily) -> TableID {
        TableID(TableFamily(family), role.tableName)
    }

    var sets: SetDeclarations { hasCounters ? .counting : .plain }

    /// A table of one family without any Service.
    func emptyTable(_ family: IPFamily) -> Table {
        Table(
            table(family), flags: flags, comment: "sluice: Services as data",
            chains: role == .node
                ? BaseChains.ofNode(opensClusterIPs: opensClusterIPs) : BaseChains.ofBalancer,
            sets: (role == .node ? sets.ofNode : sets.ofBalancer).map { ElementSet($0) })
    }
}

/// Which addresses are what around a node.
package struct Surroundings: Hashable, Sendable {
    /// Pods of this node: they keep their address and reach every endpoint.
    package var localPods: [CIDRBlock]
    /// Who may use ClusterIPs: all pods and all nodes.
    package var cluster: [CIDRBlock]
    /// Where ClusterIPs come from.
    package var serviceRanges: [CIDRBlock]

    /// Describes what is around a node; a balancer has nothing to say here.
    package init(
        localPods: [CIDRBlock] = [], cluster: [CIDRBlock] = [], serviceRanges: [CIDRBlock] = []
    ) {
        self.localPods = localPods
        self.cluster = cluster
        self.serviceRanges = serviceRanges
    }

    /// What leads from these to others in both families.
    func changes(to new: Surroundings, in layout: ForwardingLayout) -> [RulesetChange] {
        var delta = ElementDelta()
        for family in IPFamily.allCases {
            let table = layout.table(family)
            for (set, elements) in elements(family, sets: layout.sets) {
                for element in elements {
                    delta.remove(PlacedElement(set: set, element: element), from: table)
                }
            }
            for (set, elements) in new.elements(family, sets: layout.sets) {
                for element in elements {
                    delta.add(PlacedElement(set: set, element: element), to: table)
                }
            }
        }
        return delta.changes
    }

    /// The elements of the three sets in one family: merged, since ranges must not overlap.
    func elements(_ family: IPFamily, sets: SetDeclarations) -> [(SetDeclaration, [Element])] {
        [(sets.pods, localPods), (sets.cluster, cluster), (sets.serviceRanges, serviceRanges)]
            .map { declaration, blocks in
                let merged = CIDRBlock.merged(blocks.filter { $0.family == family })
                return (declaration, merged.map { Element(range: $0) })
            }
    }
}

extension Element {
    /// A range of addresses, optionally behind other fields.
    init(prefixedBy prefix: ElementData = ElementData(), range: CIDRBlock) {
        var first = prefix
        first.append(range.first)
        var last = prefix
        last.append(range.last)
        self.init(first, through: last)
    }
}

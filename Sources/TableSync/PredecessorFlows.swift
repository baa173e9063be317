import Addressing
import Forwarding
import Netfilter
import Ruleset

/// Finds the tracked flows that outlived their backend while no daemon was there to see it go.
///
/// What a predecessor had given its frontends is learned from what a start takes away and adds.
struct PredecessorFlows {
    private var lost: [Frontend: Set<SocketEndpoint>] = [:]
    private var gained: Set<Frontend> = []

    /// Notes what has to be changed in the kernel's tables.
    mutating func note(_ changes: [RulesetChange]) {
        for change in changes {
            switch change {
            case .removeElements(let table, let set, let elements):
                noteLoss(of: elements, set, table.family)
            case .addElements(let table, let set, let elements) where set.value == .verdict:
                gained.formUnion(
                    elements.compactMap {
                        Frontend(leading: $0.key, of: set, family: table.family)
                    })
            default: break
            }
        }
    }

    private mutating func noteLoss(
        of elements: [Element], _ set: SetDeclaration, _ family: TableFamily
    ) {
        guard case .data(let fields) = set.value else { return }
        for element in elements {
            guard let frontend = Frontend(leading: element.key, of: set, family: family),
                case .data(let data) = element.value,
                let backend = SocketEndpoint(data, as: fields, family: family)
            else { continue }
            lost[frontend, default: []].insert(backend)
        }
    }

    /// The flows to delete, now that frontends have these entries.
    func stale(_ present: some Sequence<ForwardingEntry>) -> [FlowFilter] {
        guard !lost.isEmpty || !gained.isEmpty else { return [] }
        let old = lost.map { frontend, backends in
            ForwardingEntry(
                frontend, label: "", backends: Array(backends), sourceHiding: .byServiceRange)
        }
        // Packets to ClusterIPs that no table knew yet were dropped, and are not tracked.
        let new = present.filter { entry in
            lost[entry.frontend] != nil
                || gained.contains(entry.frontend) && entry.sourceHiding != .byServiceRange
        }
        return StaleFlows.filters(from: old, to: new)
    }
}

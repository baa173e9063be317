package import Addressing
package import Forwarding
package import Netfilter

/// Says which tracked flows a change leaves without their backend; pure.
package enum StaleFlows {
    /// The flows to delete after a transaction replaced entries, of one Service or several.
    ///
    /// UDP flows to a backend that a frontend no longer has would go there for as long as the
    /// client keeps its port; they may while it still serves. Others that were never answered would
    /// retry the dead backend. Established connections go on: the pod may live. A frontend that had
    /// no backend may have flows that were tracked before it existed, and are not translated.
    package static func filters(
        from old: [ForwardingEntry], to new: [ForwardingEntry]
    ) -> [FlowFilter] {
        let kept = Dictionary(
            new.map { ($0.frontend, $0.flowTargets) }, uniquingKeysWith: { first, _ in first })
        let served = Set(old.lazy.filter { !$0.backends.isEmpty }.map(\.frontend))
        var filters: [FlowFilter] = []
        for entry in old {
            let left = kept[entry.frontend] ?? []
            let gone = entry.slots(ofBackendsNotIn: left).map { entry.backends[$0] }
            let silent = entry.conversing.isEmpty ? [] : Set(entry.conversing).subtracting(left)
            for backend in silent.union(gone) {
                filters.append(FlowFilter(of: entry.frontend, to: backend))
            }
        }
        for entry in new where !served.contains(entry.frontend) && !entry.backends.isEmpty {
            // A host's own port may be its own backend.
            guard !entry.backends.contains(entry.frontend.socket) else { continue }
            filters.append(FlowFilter(of: entry.frontend, to: entry.frontend.socket))
        }
        return filters
    }
}

extension FlowFilter {
    /// The flows of a frontend that lead to a backend it does not have.
    package init(of frontend: Frontend, to backend: SocketEndpoint) {
        self.init(
            transport: frontend.transport, frontend: frontend.socket, backend: backend,
            onlyUnanswered: frontend.transport != .udp)
    }
}

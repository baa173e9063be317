package import Addressing
import Forwarding
package import Netfilter

extension ForwardingWriter {
    /// Those of the tracked flows that go from one of the frontends to something else than one of
    /// its backends, or from a ClusterIP that no Service has any more to where it once led: what a
    /// start, or a gap in the tables, may have left behind.
    ///
    /// Nobody else translates addresses of the service ranges, but for a proxy whose ClusterIPs
    /// are `others`. Where a nodePort or an outside address led once cannot be told from what
    /// somebody else translates, so of those only UDP flows count that go to a place where our
    /// tables served it `formerly`; established connections go on.
    ///
    /// Endpoints that are still conversing count as backends.
    ///
    /// A client from outside that policy Local keeps from other hosts' backends may have been led
    /// to one all the same, by an affinity that is older than the policy: unanswered, since only
    /// this host could have undone the translation.
    package func staleFlows(
        among flows: [Flow], others: Set<IPAddress> = [], formerly: Set<SocketEndpoint> = []
    ) -> [Flow] {
        var known: [Frontend: Backends?] = [:]
        return flows.filter { flow in
            guard flow.transport == .udp || flow.isUnanswered, let place = flow.frontend,
                let backend = flow.backend
            else { return false }
            let frontend = Frontend(place.address, flow.transport, place.port)
            let backends = known[frontend] ?? self.backends(of: frontend)
            known[frontend] = .some(backends)
            guard let backends else {
                guard flow.status.contains(.destinationNAT) else { return false }
                if flow.transport == .udp, formerly.contains(place) { return true }
                return !others.contains(place.address)
                    && table.surroundings.serviceRanges.contains { $0.contains(place.address) }
            }
            guard backends.all.contains(backend) else { return true }
            return !backends.toKeep.contains(backend) && flow.isUnanswered && isFromOutside(flow)
        }
    }

    /// What a frontend has for anybody, and for clients from outside.
    private typealias Backends = (all: Set<SocketEndpoint>, toKeep: Set<SocketEndpoint>)

    /// Nil if no Service has the frontend.
    private func backends(of frontend: Frontend) -> Backends? {
        guard let service = table.holder(of: frontend),
            let entry = table.entries(of: service).first(where: { $0.frontend == frontend })
        else { return nil }
        let targets = Set(entry.flowTargets)
        return (targets, entry.isLocalForOutside ? entry.backendsToKeep : targets)
    }

    /// Whether policy Local binds the flow's client; this host's own flows, and those that began
    /// under policy Cluster, are masqueraded.
    private func isFromOutside(_ flow: Flow) -> Bool {
        !flow.status.contains(.sourceNAT)
            && !table.surroundings.localPods.contains { $0.contains(flow.original.source) }
    }
}

import Addressing
import Forwarding
package import Netfilter

extension ForwardingWriter {
    /// Those of the tracked flows that go from one of the frontends to something else than one of
    /// its backends: what a start, or a gap in the tables, may have left behind.
    ///
    /// Flows of other frontends are nobody's business here, and established connections go on.
    package func staleFlows(among flows: [Flow]) -> [Flow] {
        var known: [Frontend: Set<SocketEndpoint>?] = [:]
        return flows.filter { flow in
            guard flow.transport == .udp || flow.isUnanswered, let place = flow.frontend,
                let backend = flow.backend
            else { return false }
            let frontend = Frontend(place.address, flow.transport, place.port)
            let backends = known[frontend] ?? self.backends(of: frontend)
            known[frontend] = .some(backends)
            return backends.map { !$0.contains(backend) } ?? false
        }
    }

    /// Nil if no Service has the frontend.
    private func backends(of frontend: Frontend) -> Set<SocketEndpoint>? {
        guard let service = table.holder(of: frontend),
            let entry = table.entries(of: service).first(where: { $0.frontend == frontend })
        else { return nil }
        return Set(entry.backends)
    }
}

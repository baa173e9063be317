package import Addressing

/// The endpoints that may take given traffic, in an order that depends on nothing but the input.
package struct EndpointSelection: Hashable, Sendable {
    /// Usable endpoints on the node itself, sorted.
    package let local: [SocketEndpoint]
    /// Usable endpoints on other nodes, sorted; empty under the policy `local`.
    package let remote: [SocketEndpoint]
    /// Under the policy `local`: endpoints of other nodes would have served, so traffic is dropped
    /// here for a balancer to notice, and not refused.
    package let isServedElsewhere: Bool

    /// Local endpoints first, then remote ones.
    package var all: [SocketEndpoint] { local + remote }

    /// Whether nothing may take the traffic.
    package var isEmpty: Bool { local.isEmpty && remote.isEmpty }

    /// Decides which endpoints may take traffic to one port of a Service.
    ///
    /// Ready endpoints take it; when there are none, those that terminate but still serve
    /// (KEP-1669), for the policy `local` counted on the node alone. Hints narrow the ready ones
    /// under the policy `cluster` only. An endpoint that several groups name counts once.
    package init(
        service: ServiceDefinition,
        port: ServicePort,
        groups: [EndpointGroup],
        family: IPFamily,
        place: Locality,
        policy: TrafficPolicy
    ) {
        let candidates = Self.candidates(port: port, groups: groups, family: family)
        var usable: [Candidate]
        switch policy {
        case .cluster:
            usable = candidates.filter { service.accepts($0.endpoint) }
            let scope = TopologyScope(of: usable.lazy.map(\.endpoint), from: place)
            usable.removeAll { !scope.includes($0.endpoint) }
            if usable.isEmpty { usable = candidates.filter(\.isLastResort) }
            isServedElsewhere = false
        case .local:
            let nearby = candidates.filter { $0.endpoint.isLocal(to: place) }
            usable = nearby.filter { service.accepts($0.endpoint) }
            if usable.isEmpty { usable = nearby.filter(\.isLastResort) }
            isServedElsewhere =
                usable.isEmpty
                && candidates.contains { service.accepts($0.endpoint) || $0.isLastResort }
        }
        let local = Self.sortedOnce(usable.filter { $0.endpoint.isLocal(to: place) })
        let remote = Self.sortedOnce(usable.filter { !$0.endpoint.isLocal(to: place) })
        self.local = local
        let counted = Set(local)
        self.remote = remote.filter { !counted.contains($0) }
    }

    /// All endpoints that serve one port of a Service, sorted, wherever they are and whether they
    /// get new connections or not.
    package static func serving(
        port: ServicePort, groups: [EndpointGroup], family: IPFamily
    ) -> [SocketEndpoint] {
        sortedOnce(
            candidates(port: port, groups: groups, family: family).filter(\.endpoint.isServing))
    }

    /// An endpoint together with its port for the Service's port.
    private struct Candidate {
        let endpoint: Endpoint
        let port: Port

        var socket: SocketEndpoint { SocketEndpoint(address: endpoint.address, port: port) }

        var isLastResort: Bool { endpoint.isServing && endpoint.isTerminating }
    }

    private static func candidates(
        port: ServicePort, groups: [EndpointGroup], family: IPFamily
    ) -> [Candidate] {
        var candidates: [Candidate] = []
        for group in groups where group.family == family {
            guard let number = group.port(for: port) else { continue }
            for endpoint in group.endpoints {
                candidates.append(Candidate(endpoint: endpoint, port: number))
            }
        }
        return candidates
    }

    private static func sortedOnce(_ candidates: [Candidate]) -> [SocketEndpoint] {
        var sorted: [SocketEndpoint] = []
        sorted.reserveCapacity(candidates.count)
        for socket in candidates.map(\.socket).sorted() where socket != sorted.last {
            sorted.append(socket)
        }
        return sorted
    }
}

extension ServiceDefinition {
    /// Whether an endpoint may take new connections without being the last resort.
    fileprivate func accepts(_ endpoint: Endpoint) -> Bool {
        endpoint.isReady || publishesNotReady
    }
}

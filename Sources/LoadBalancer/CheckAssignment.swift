import Addressing
package import HealthChecking
package import ServiceModel
package import ServiceTranslation

/// Says which checks decide about a target of a Service.
package struct CheckAssignment: Hashable, Sendable {
    /// What the user wants nodes to be checked by.
    package let definition: CheckDefinition

    /// Assigns checks of this kind.
    package init(_ definition: CheckDefinition) {
        self.definition = definition
    }

    /// The checks of a target; it takes traffic while none of them says otherwise.
    ///
    /// A Service with the external policy `Local` is checked at its nodePort in any case: nodes
    /// without an endpoint drop its traffic in silence, however well they are.
    package func checks(
        of target: BalancerFrontends.Target, for service: ServiceDefinition
    ) -> [HealthCheck] {
        switch definition {
        case .tcp:
            return connectCheck(of: target, for: service).map { [$0] } ?? []
        case .http(let port, let path):
            let node = HealthCheck(
                SocketEndpoint(address: target.socket.address, port: port), .get(path: path))
            guard service.externalPolicy == .local else { return [node] }
            return [node] + (connectCheck(of: target, for: service).map { [$0] } ?? [])
        }
    }

    /// Whether a check says something about the whole node, and not about one Service on it.
    package func speaksForNode(_ check: HealthCheck) -> Bool {
        definition == .tcp || check.request != .connect
    }

    /// Why targets of the Service take traffic unchecked; nil if they are checked.
    package func warning(about service: ServiceDefinition) -> String? {
        guard definition == .tcp, service.isLoadBalancer, service.isProxied, service.hasNodePorts,
            firstTCPNodePort(of: service) == nil
        else { return nil }
        return "Service \(service.identity) has no TCP nodePort to connect to: its nodes count "
            + "as healthy; check nodes by http:PORT/PATH instead"
    }

    /// Other transports than TCP know no connecting: a TCP port of the same Service speaks for
    /// them.
    private func connectCheck(
        of target: BalancerFrontends.Target, for service: ServiceDefinition
    ) -> HealthCheck? {
        if target.transport == .tcp { return HealthCheck(target.socket, .connect) }
        return firstTCPNodePort(of: service).map {
            HealthCheck(SocketEndpoint(address: target.socket.address, port: $0), .connect)
        }
    }

    private func firstTCPNodePort(of service: ServiceDefinition) -> Port? {
        service.ports.lazy.filter { $0.transport == .tcp }.compactMap(\.nodePort).first
    }
}

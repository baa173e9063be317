import Addressing
import HealthChecking
import ServiceModel
package import ServiceTranslation

/// The checks of one Service: what its annotations say, over what holds for all.
package struct ServiceChecks: Sendable {
    private let service: ServiceDefinition
    private let notes: CheckNotes
    private let common: CheckAssignment

    init(_ service: ServiceDefinition, _ common: CheckAssignment) {
        self.service = service
        self.common = common
        notes = CheckNotes(service.notes, default: common.definition, policy: common.policy)
    }

    /// The checks of a target; it takes traffic while none of them says otherwise.
    ///
    /// A Service with the external policy `Local` is checked at its `healthCheckNodePort`, where
    /// nodes tell how many endpoints they have, and by the Service's own check if there is one;
    /// without a healthCheckNodePort at its nodePort, beside the node:
    /// nodes without an endpoint drop its traffic in silence, however well they are.
    package func checks(of target: BalancerFrontends.Target) -> [HealthCheck] {
        var checks: [HealthCheck] = []
        if service.externalPolicy == .local, let port = service.healthCheckNodePort {
            checks.append(check(.endpointCount, at: port, of: target))
            // A node counts its endpoints by what the API says of them: a check of the Service
            // itself, if one is wanted, tells more.
            guard notes.isOwn || notes.definition.port == nil else { return checks }
        }
        if let port = notes.definition.port ?? nodePort(of: target) {
            checks.append(check(notes.definition.request, at: port, of: target))
        }
        if service.externalPolicy == .local, service.healthCheckNodePort == nil, !notes.isOwn,
            notes.definition.port != nil, let port = nodePort(of: target, for: .connect)
        {
            checks.append(check(.connect, at: port, of: target))
        }
        return checks
    }

    /// What in the annotations says nothing, and why targets take traffic unchecked.
    package var warnings: [String] {
        var warnings = notes.problems.map { "Service \(service.identity), \($0)" }
        guard service.isLoadBalancer, service.isProxied, service.hasNodePorts,
            notes.definition.port == nil, service.healthCheckNodePort == nil,
            !service.ports.contains(where: { nodePort(of: $0) != nil })
        else { return warnings }
        let transport = Self.transport(of: notes.definition.request) == .udp ? "UDP" : "TCP"
        warnings.append(
            "Service \(service.identity) has no \(transport) nodePort to check by "
                + "\(notes.definition): its nodes count as healthy; check them by http:PORT/PATH")
        return warnings
    }

    private func check(
        _ request: CheckRequest, at port: Port, of target: BalancerFrontends.Target
    ) -> HealthCheck {
        HealthCheck(
            SocketEndpoint(address: target.socket.address, port: port), request,
            policy: notes.policy)
    }

    /// The nodePort that a request can be made at: another port of the same Service speaks for
    /// one of a transport that does not know such requests.
    private func nodePort(
        of target: BalancerFrontends.Target, for request: CheckRequest? = nil
    ) -> Port? {
        guard let transport = Self.transport(of: request ?? notes.definition.request),
            transport != target.transport
        else { return target.socket.port }
        return service.ports.lazy.filter { $0.transport == transport }.compactMap(\.nodePort)
            .first
    }

    private func nodePort(of port: ServicePort) -> Port? {
        let transport = Self.transport(of: notes.definition.request)
        return transport == nil || transport == port.transport ? port.nodePort : nil
    }

    /// What a request travels in; nil for a program, which may do anything.
    private static func transport(of request: CheckRequest) -> TransportProtocol? {
        switch request {
        case .connect, .http, .grpc, .endpointCount: .tcp
        case .datagram: .udp
        case .command: nil
        }
    }
}

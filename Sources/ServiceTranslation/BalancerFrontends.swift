package import Addressing
import Forwarding
package import ServiceModel

/// Translates one Service into the frontends that a load balancer host serves.
package struct BalancerFrontends: Sendable {
    /// A node as a target of one nodePort: what is checked, and what gets traffic.
    package struct Target: Hashable, Sendable {
        /// The node's name.
        package let node: String
        /// The node's address and the Service's nodePort.
        package let socket: SocketEndpoint
        /// The protocol of the nodePort.
        package let transport: TransportProtocol
    }

    /// Prepares to translate for a balancer.
    package init() {}

    /// The Service's addresses that the balancer answers for.
    package func addresses(of service: ServiceDefinition) -> [IPAddress] {
        service.isLoadBalancer && service.isProxied
            ? service.loadBalancerIPs + service.balancerOnlyIPs : []
    }

    /// Every target that the Service has on these nodes, healthy or not, in order of the nodes.
    package func targets(
        of service: ServiceDefinition, on nodes: [NodeIdentity]
    ) -> [Target] {
        guard service.isLoadBalancer, service.isProxied else { return [] }
        let families = Set(addresses(of: service).map(\.family))
        return service.ports.flatMap { port in
            IPFamily.allCases.filter(families.contains).flatMap { family in
                targets(port, family, on: nodes)
            }
        }
    }

    /// All frontends of a Service with those targets behind them that may take traffic.
    package func translate(
        _ service: ServiceDefinition, nodes: [NodeIdentity], isUsable: (Target) -> Bool
    ) -> TranslatedService {
        var result = TranslatedService()
        for port in service.ports {
            for address in addresses(of: service) {
                if port.nodePort == nil { report(service, port, &result) }
                let usable = targets(port, address.family, on: nodes).filter(isUsable)
                result.entries.append(
                    ForwardingEntry(
                        Frontend(address, port.transport, port.port),
                        label: FrontendLabel.text(service, port),
                        backends: usable.map(\.socket),
                        affinitySeconds: service.affinity.seconds,
                        allowedSources: service.sourceRanges.filter {
                            $0.family == address.family
                        },
                        sourceHiding: .everyClient))
            }
        }
        return result
    }

    private func targets(
        _ port: ServicePort, _ family: IPFamily, on nodes: [NodeIdentity]
    ) -> [Target] {
        guard let nodePort = port.nodePort else { return [] }
        return nodes.sorted { $0.name < $1.name }.compactMap { node in
            node.address(family).map {
                Target(
                    node: node.name, socket: SocketEndpoint(address: $0, port: nodePort),
                    transport: port.transport)
            }
        }
    }

    private func report(
        _ service: ServiceDefinition, _ port: ServicePort, _ result: inout TranslatedService
    ) {
        let problem = TranslationProblem(
            object: "Service \(service.identity)", field: "port \(port)",
            message: "has no nodePort, so the balancer cannot reach it and refuses; "
                + "set allocateLoadBalancerNodePorts to true")
        if !result.problems.contains(problem) { result.problems.append(problem) }
    }
}

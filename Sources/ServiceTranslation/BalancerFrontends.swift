package import Addressing
package import Forwarding
package import ServiceModel

/// What a Service becomes on a balancer.
package struct BalancedService: Hashable, Sendable {
    /// What is to stand in the table.
    package internal(set) var entries: [ForwardingEntry] = []
    /// What had to be left out, and why.
    package internal(set) var problems: [TranslationProblem] = []
    /// True if nodes are used although checks speak against them: too few others are left.
    package internal(set) var failsOpen = false

    /// Nothing at all: what a Service that is gone has.
    package init() {}
}

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

        /// Feeds the socket alone to the hasher: it differs from target to target.
        package func hash(into hasher: inout Hasher) { hasher.combine(socket) }

        /// Whether a port's frontends of a family lead here.
        fileprivate func isOf(_ port: ServicePort, _ family: IPFamily) -> Bool {
            socket.port == port.nodePort && transport == port.transport
                && socket.address.family == family
        }
    }

    /// The share of well targets, in percent, below which all are used; 0 stands for never.
    package let panicThreshold: Int
    /// How nodes are chosen for Services that do not say it themselves.
    package let method: BalancingMethod

    /// Prepares to translate for a balancer.
    package init(panicThreshold: Int = 0, method: BalancingMethod = .random) {
        self.panicThreshold = panicThreshold
        self.method = method
    }

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
    ///
    /// - Parameters:
    ///   - service: what to translate.
    ///   - nodes: the nodes that may take traffic, in any order.
    ///   - holdsRefusals: whether a refusing node may be hidden from clients while there are
    ///     others; not so without an endpoint anywhere, when all nodes refuse, and rightly.
    ///   - protection: the bounds within which it takes connections.
    ///   - dataPlane: how packets get to the nodes.
    ///   - standing: what is known of a target.
    /// - Returns: the frontends, and what had to be left out.
    package func translate(
        _ service: ServiceDefinition, nodes: [NodeIdentity], holdsRefusals: Bool = false,
        protection: Protection = Protection(), by dataPlane: DataPlane = .masquerade,
        standing: (Target) -> TargetStanding
    ) -> BalancedService {
        translate(
            service, among: targets(of: service, on: nodes).map { ($0, standing($0)) },
            holdsRefusals: holdsRefusals, protection: protection, by: dataPlane)
    }

    /// The same among all targets of the Service, in their order, with what is known of them.
    package func translate(
        _ service: ServiceDefinition, among all: [(target: Target, standing: TargetStanding)],
        holdsRefusals: Bool, protection: Protection, by dataPlane: DataPlane
    ) -> BalancedService {
        var result = BalancedService()
        let method = method(of: service, &result)
        for port in service.ports {
            for address in addresses(of: service) {
                if port.nodePort == nil { report(service, port, &result) }
                let targets = all.filter { $0.target.isOf(port, address.family) }
                let choice = BalancerChoice(
                    of: targets.map { ($0.target.socket, $0.standing) },
                    panicThreshold: panicThreshold)
                if choice.failsOpen { result.failsOpen = true }
                let frontend = Frontend(address, port.transport, port.port)
                if dataPlane == .directReturn {
                    var entry = ForwardingEntry(
                        frontend, label: FrontendLabel.text(service, port), backends: [],
                        sourceHiding: .byServiceRange)
                    entry.directReturn = DirectReturn(
                        to: choice, among: targets.map(\.target),
                        keepsClients: method != .random || service.affinity.seconds != nil)
                    result.entries.append(entry)
                    continue
                }
                result.entries.append(
                    ForwardingEntry(
                        frontend, label: FrontendLabel.text(service, port),
                        backends: method.slots(choice, capacity: targets.count),
                        affinitySeconds: service.affinity.seconds,
                        allowedSources: service.sourceRanges.filter {
                            $0.family == address.family
                        },
                        sourceHiding: dataPlane == .preserveSource
                            ? .byServiceRange : .everyClient,
                        holdsRefusals: holdsRefusals,
                        choosesBySource: method != .random, protection: protection))
            }
        }
        result.problems += service.shareAffinity(in: &result.entries)
        for index in result.entries.indices { result.entries[index].created = service.created }
        return result
    }

    /// How the Service's annotation, or else the user, wants nodes to be chosen.
    private func method(
        of service: ServiceDefinition, _ result: inout BalancedService
    ) -> BalancingMethod {
        guard let text = service.notes["balancing"] else { return method }
        if let own = BalancingMethod(rawValue: text) { return own }
        result.problems.append(
            TranslationProblem(
                object: "Service \(service.identity)", field: "sluice.io/balancing",
                message: "\(text.prefix(80).debugDescription) is not random, source-hash or "
                    + "maglev; \(method.rawValue) is used"))
        return method
    }

    private func targets(
        _ port: ServicePort, _ family: IPFamily, on nodes: [NodeIdentity]
    ) -> [Target] {
        guard let nodePort = port.nodePort else { return [] }
        return Self.inOrder(nodes).compactMap { node in
            node.address(family).map {
                Target(
                    node: node.name, socket: SocketEndpoint(address: $0, port: nodePort),
                    transport: port.transport)
            }
        }
    }

    /// Nodes in order of their names, which they mostly are in already.
    private static func inOrder(_ nodes: [NodeIdentity]) -> [NodeIdentity] {
        zip(nodes, nodes.dropFirst()).allSatisfy { $0.name < $1.name }
            ? nodes : nodes.sorted { $0.name < $1.name }
    }

    private func report(
        _ service: ServiceDefinition, _ port: ServicePort, _ result: inout BalancedService
    ) {
        let problem = TranslationProblem(
            object: "Service \(service.identity)", field: "port \(port)",
            message: "has no nodePort, so the balancer cannot reach it and refuses; "
                + "set allocateLoadBalancerNodePorts to true")
        if !result.problems.contains(problem) { result.problems.append(problem) }
    }
}

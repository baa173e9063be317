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

    /// Every target that the Service has on these nodes, healthy or not.
    ///
    /// With direct-return the slots are dealt over the absent ones as well, so that no other node's
    /// connections move when they go and come back.
    package func targets(
        of service: ServiceDefinition, on nodes: [NodeIdentity], absent: [NodeIdentity] = []
    ) -> BalancerTargets {
        guard service.isLoadBalancer, service.isProxied else { return BalancerTargets() }
        let families = Set(addresses(of: service).map(\.family))
        return BalancerTargets(
            service.ports.flatMap { port in
                IPFamily.allCases.filter(families.contains).flatMap { family in
                    targets(port, family, on: nodes)
                }
            },
            absent: absent.flatMap { node in IPFamily.allCases.compactMap(node.address) })
    }

    /// All frontends of a Service with those targets behind them that may take traffic.
    ///
    /// - Parameters:
    ///   - service: what to translate.
    ///   - targets: all its targets.
    ///   - standings: what is known of each of them, in the same order.
    ///   - holdsRefusals: whether a refusing node may be hidden from clients while there are
    ///     others; not so without an endpoint anywhere, when all nodes refuse, and rightly.
    ///   - protection: the bounds within which it takes connections.
    ///   - dataPlane: how packets get to the nodes.
    ///   - memory: what came of Services with the same nodes in the same state.
    /// - Returns: the frontends, and what had to be left out.
    package func translate(
        _ service: ServiceDefinition, among targets: BalancerTargets,
        standings: [TargetStanding], holdsRefusals: Bool, protection: Protection,
        by dataPlane: DataPlane, _ memory: inout DirectReturnMemory
    ) -> BalancedService {
        var result = BalancedService()
        let method = method(of: service, &result)
        for port in service.ports {
            let label = FrontendLabel.text(service, port)
            for address in addresses(of: service) {
                if port.nodePort == nil { report(service, port, &result) }
                let place = targets.place(of: port, address.family)
                let standings = standings[place?.range ?? 0..<0]
                let frontend = Frontend(address, port.transport, port.port)
                if dataPlane == .directReturn {
                    let answer = directReturn(
                        place, standings,
                        keepsClients: method != .random || service.affinity.seconds != nil, &memory)
                    if answer.failsOpen { result.failsOpen = true }
                    var entry = ForwardingEntry(
                        frontend, label: label, backends: [], sourceHiding: .byServiceRange)
                    entry.directReturn = answer.directReturn
                    result.entries.append(entry)
                    continue
                }
                let choice = choice(of: place, standings)
                if choice.failsOpen { result.failsOpen = true }
                result.entries.append(
                    ForwardingEntry(
                        frontend, label: label,
                        backends: method.slots(choice, capacity: standings.count),
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

    private func choice(
        of place: BalancerTargets.Place?, _ standings: ArraySlice<TargetStanding>
    ) -> BalancerChoice {
        BalancerChoice(of: place?.sockets ?? [], standings, panicThreshold: panicThreshold)
    }

    private func directReturn(
        _ place: BalancerTargets.Place?, _ standings: ArraySlice<TargetStanding>,
        keepsClients: Bool, _ memory: inout DirectReturnMemory
    ) -> DirectReturnMemory.Answer {
        let question = DirectReturnMemory.Question(
            addresses: place?.addresses ?? [], standings: standings,
            panicThreshold: panicThreshold, keepsClients: keepsClients)
        return memory.answer(question) {
            let choice = choice(of: place, standings)
            return DirectReturnMemory.Answer(
                directReturn: DirectReturn(
                    to: choice, among: question.addresses, keepsClients: keepsClients),
                failsOpen: choice.failsOpen)
        }
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

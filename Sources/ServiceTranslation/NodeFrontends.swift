package import Addressing
import Forwarding
package import ServiceModel

/// Translates one Service into the frontends that a node serves.
package struct NodeFrontends: Sendable {
    /// Where the node is, so that its own endpoints are told from others.
    package let place: Locality
    /// The node's addresses at which nodePorts answer.
    package let nodePortAddresses: [IPAddress]

    /// Prepares to translate for one node.
    package init(place: Locality, nodePortAddresses: [IPAddress]) {
        self.place = place
        self.nodePortAddresses = nodePortAddresses
    }

    /// All frontends of a Service: none for headless Services, aliases, and other proxies' ones.
    package func translate(
        _ service: ServiceDefinition, groups: [EndpointGroup]
    ) -> TranslatedService {
        var result = TranslatedService()
        guard service.isProxied else { return result }
        let families = IPFamily.allCases.filter(service.isServed)
        for port in service.ports {
            for family in families {
                let first = result.entries.count
                translate(port, of: service, family, groups, into: &result)
                guard port.transport == .udp else { continue }
                let serving = EndpointSelection.serving(
                    port: port, groups: groups, family: family)
                for index in result.entries.indices[first...] {
                    let backends = Set(result.entries[index].backends)
                    result.entries[index].conversing = serving.filter { !backends.contains($0) }
                }
            }
        }
        // An address may be named twice: as a load balancer's and as an external one, say.
        var known: Set<Frontend> = []
        result.entries.removeAll { !known.insert($0.frontend).inserted }
        result.problems += service.shareAffinity(in: &result.entries)
        for index in result.entries.indices { result.entries[index].created = service.created }
        return result
    }

    private func translate(
        _ port: ServicePort, of service: ServiceDefinition, _ family: IPFamily,
        _ groups: [EndpointGroup], into result: inout TranslatedService
    ) {
        func select(_ policy: TrafficPolicy) -> EndpointSelection {
            EndpointSelection(
                service: service, port: port, groups: groups, family: family, place: place,
                policy: policy)
        }
        func isOfFamily(_ address: IPAddress) -> Bool { address.family == family }

        if service.clusterIPs.contains(where: isOfFamily) {
            let selection = select(service.internalPolicy)
            let (backends, localCount) = limited(
                selection.local, selection.remote, service, port, &result)
            for address in service.clusterIPs where isOfFamily(address) {
                result.entries.append(
                    ForwardingEntry(
                        Frontend(address, port.transport, port.port),
                        label: FrontendLabel.text(service, port),
                        backends: backends, localCount: localCount,
                        fallback: selection.isServedElsewhere ? .drop : .refuse,
                        affinitySeconds: service.affinity.seconds,
                        sourceHiding: .byServiceRange))
            }
        }
        let outside = externalFrontends(of: service, port).filter { isOfFamily($0.address) }
        guard !outside.isEmpty else { return }
        let isLocal = service.externalPolicy == .local
        let selection = select(.cluster)
        // The two differ when only a terminating endpoint is left here while others are ready
        // elsewhere: outside clients keep the local one, pods of this node go to the ready ones.
        let local = isLocal ? select(.local).local : selection.local
        let forAll = Set(selection.all)
        let outsideOnly = local.filter { !forAll.contains($0) }
        let inFirstSlots = Set(local)
        let (backends, localCount) = limited(
            outsideOnly + local.filter(forAll.contains),
            selection.all.filter { !inFirstSlots.contains($0) }, service, port, &result)
        for external in outside {
            result.entries.append(
                ForwardingEntry(
                    Frontend(external.address, port.transport, external.port),
                    label: FrontendLabel.text(service, port, suffix: external.kind.rawValue),
                    backends: backends, localCount: localCount, isLocalForOutside: isLocal,
                    outsideOnlyCount: min(outsideOnly.count, localCount),
                    affinitySeconds: service.affinity.seconds,
                    allowedSources: service.ranges(of: external.kind, family),
                    sourceHiding: isLocal ? .hostOnly : .everyClient))
        }
    }

    /// A frontend that clients outside the cluster may use.
    private struct ExternalFrontend {
        let kind: ExternalKind
        let address: IPAddress
        let port: Port
    }

    /// Load balancer addresses first: they may be restricted, and the first of two counts.
    private func externalFrontends(
        of service: ServiceDefinition, _ port: ServicePort
    ) -> [ExternalFrontend] {
        var frontends: [ExternalFrontend] = []
        if service.isLoadBalancer {
            frontends += service.loadBalancerIPs.map {
                ExternalFrontend(kind: .loadBalancer, address: $0, port: port.port)
            }
        }
        frontends += service.externalIPs.map {
            ExternalFrontend(kind: .externalIP, address: $0, port: port.port)
        }
        if let nodePort = port.nodePort, service.reach != .cluster {
            frontends += nodePortAddresses.map {
                ExternalFrontend(kind: .nodePort, address: $0, port: nodePort)
            }
        }
        return frontends
    }

    /// The selected backends up to the limit; what is beyond it is reported.
    private func limited(
        _ local: [SocketEndpoint], _ remote: [SocketEndpoint], _ service: ServiceDefinition,
        _ port: ServicePort, _ result: inout TranslatedService
    ) -> (backends: [SocketEndpoint], localCount: Int) {
        let all = local + remote
        let limit = ForwardingLimits.backendsPerFrontend
        guard all.count > limit else { return (all, local.count) }
        let problem = TranslationProblem(
            object: "Service \(service.identity)", field: "port \(port)",
            message: "has \(all.count) endpoints; the first \(limit) are used, which is the "
                + "limit of one frontend: split the Service")
        if !result.problems.contains(problem) { result.problems.append(problem) }
        return (Array(all.prefix(limit)), min(local.count, limit))
    }
}

/// What kind of frontend clients outside the cluster may use.
private enum ExternalKind: String {
    case nodePort, externalIP, loadBalancer
}

extension ServiceDefinition {
    /// Who may use such a frontend; ranges of the other family count for nothing.
    fileprivate func ranges(of kind: ExternalKind, _ family: IPFamily) -> [CIDRBlock] {
        (kind == .loadBalancer ? sourceRanges : nodeSourceRanges).filter { $0.family == family }
    }

    /// Whether nodes serve this family at all: that of any ClusterIP, or all if there is none yet.
    fileprivate func isServed(_ family: IPFamily) -> Bool {
        clusterIPs.isEmpty || clusterIPs.contains { $0.family == family }
    }
}

extension SessionAffinity {
    /// How long a silent client keeps its endpoint; nil without affinity.
    var seconds: Int? {
        guard case .clientIP(let seconds) = self else { return nil }
        return seconds
    }
}

import Addressing
package import KubeAPI

/// The endpoints of a Service that every node serves itself, made from the nodes' own addresses.
package struct EndpointsFromNodes: Hashable, Sendable {
    /// Of each of the Service's families at least one, if only an empty one.
    package let slices: [EndpointSliceObject]
    /// The older form, with addresses of the Service's primary family.
    package let endpoints: EndpointsObject

    /// Makes both forms from the nodes' first InternalIP of each family.
    ///
    /// A node whose condition Ready says otherwise is listed as not ready. Pass the slices there
    /// are, so that endpoints stay where they are.
    package init(
        service: ServiceObject, nodes: [NodeObject], existing: [EndpointSliceObject] = []
    ) {
        let ports = (service.spec.ports ?? []).map { port in
            EndpointPortObject(
                name: port.name ?? "", protocol: port.protocol ?? "TCP",
                port: port.endpointNumber)
        }
        let stated = (service.spec.ipFamilies ?? []).compactMap(IPFamily.init(kubernetes:))
        let families = stated.isEmpty ? [IPFamily.v4] : stated
        let members = nodes.sorted { ($0.metadata.name ?? "") < ($1.metadata.name ?? "") }
        slices = families.flatMap { family in
            Self.slices(
                members.compactMap { $0.endpoint(family) }, family, ports, service, existing)
        }
        endpoints = Self.endpoints(
            members.compactMap { $0.endpoint(families[0]) }, ports, service)
    }

    private static func slices(
        _ members: [SliceEndpoint], _ family: IPFamily, _ ports: [EndpointPortObject],
        _ service: ServiceObject, _ existing: [EndpointSliceObject]
    ) -> [EndpointSliceObject] {
        let layout = SliceLayout(
            namePrefix: service.sliceNamePrefix(family),
            capacity: EndpointLimits.endpointsPerSlice)
        var candidates = members
        TopologyHints.add(to: &candidates, distribution: service.spec.trafficDistribution)
        var slots = layout.arrange(
            candidates.map { SliceLayout.Member(endpoint: $0, ports: ports) }, existing: existing)
        if slots.isEmpty { slots = [SliceLayout.Slot(number: 0, ports: ports, endpoints: [])] }
        return slots.map { slot in
            EndpointSliceObject(
                metadata: service.sliceMetadata(
                    name: layout.name(slot.number), managedBy: WellKnown.nodeEndpointController),
                addressType: family.kubernetesName, endpoints: slot.endpoints, ports: slot.ports)
        }
    }

    private static func endpoints(
        _ members: [SliceEndpoint], _ ports: [EndpointPortObject], _ service: ServiceObject
    ) -> EndpointsObject {
        let listed = members.prefix(EndpointLimits.addressesPerEndpoints)
        func addresses(_ isReady: Bool) -> [EndpointAddress]? {
            let found = listed.filter { $0.conditions?.ready == isReady }.map {
                EndpointAddress(
                    ip: $0.addresses[0], nodeName: $0.nodeName, targetRef: $0.targetRef)
            }
            return found.isEmpty ? nil : found
        }
        var metadata = ObjectMeta(
            name: service.metadata.name,
            namespace: service.metadata.namespace ?? ObjectKey.defaultNamespace,
            labels: service.derivedLabels)
        // Says that slices exist already, so that nobody mirrors these addresses into more.
        metadata.labels?[WellKnown.endpointsManagedBy] = "endpoint-controller"
        guard !listed.isEmpty else { return EndpointsObject(metadata: metadata) }
        let subset = EndpointSubset(
            addresses: addresses(true), notReadyAddresses: addresses(false), ports: ports)
        return EndpointsObject(metadata: metadata, subsets: [subset])
    }
}

extension NodeObject {
    /// The node as an endpoint of one family; nil if it has no address of that.
    fileprivate func endpoint(_ family: IPFamily) -> SliceEndpoint? {
        let own = (status.addresses ?? []).lazy.filter { $0.type == "InternalIP" }
            .compactMap { IPAddress($0.address) }.first { $0.family == family }
        guard let own, let name = metadata.name else { return nil }
        let isReady = status.conditions?.first { $0.type == "Ready" }.map { $0.status == "True" }
        return SliceEndpoint(
            addresses: [own.description],
            conditions: EndpointConditions(
                ready: isReady ?? true, serving: isReady ?? true, terminating: false),
            nodeName: name,
            zone: metadata.label(WellKnown.zone) ?? metadata.label(WellKnown.legacyZone),
            targetRef: ObjectReference(
                kind: Self.kind, namespace: nil, name: name, uid: metadata.uid))
    }
}

extension ServicePortObject {
    /// What a node listens on for this port: a name has no meaning there.
    fileprivate var endpointNumber: Int {
        if case .int(let number)? = targetPort { number } else { port }
    }
}

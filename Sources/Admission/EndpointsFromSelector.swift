import Addressing
package import KubeAPI

/// The endpoints of a Service with a selector, made from the pods it selects.
package struct EndpointsFromSelector: Hashable, Sendable {
    /// Of each of the Service's families at least one, if only an empty one.
    package let slices: [EndpointSliceObject]
    /// The older form, with addresses of the Service's primary family.
    package let endpoints: EndpointsObject
    /// How many endpoints were left out because of `EndpointLimits.endpointsPerService`.
    package let omittedCount: Int

    /// Makes both forms; nil for a Service without a selector or with the type ExternalName.
    ///
    /// Pass the pods that the selector selects in the Service's namespace, the nodes for their
    /// zones by name, and the slices there are, so that endpoints stay where they are.
    package init?(
        service: ServiceObject,
        pods: [PodObject],
        zones: [String: String] = [:],
        existing: [EndpointSliceObject] = []
    ) {
        guard service.spec.hasSelector, service.spec.kind != .externalName else { return nil }
        let members =
            pods.compactMap { PodEndpoint($0, of: service) }
            .sorted { ($0.pod.metadata.name ?? "") < ($1.pod.metadata.name ?? "") }
        let stated = (service.spec.ipFamilies ?? []).compactMap(IPFamily.init(kubernetes:))
        let families = stated.isEmpty ? [IPFamily.v4] : stated

        var slices: [EndpointSliceObject] = []
        var omittedCount = 0
        for family in families {
            let all = members.filter { $0.address(family) != nil }
            let kept = Self.withinLimit(all)
            omittedCount += all.count - kept.count
            slices += Self.slices(
                of: kept, family: family, service: service, zones: zones, existing: existing)
        }
        self.slices = slices
        self.omittedCount = omittedCount
        endpoints = EndpointsObject(service: service, members: members, family: families[0])
    }

    /// Ready endpoints first, then the others, each in the order of their names.
    private static func withinLimit(_ members: [PodEndpoint]) -> [PodEndpoint] {
        let limit = EndpointLimits.endpointsPerService
        guard members.count > limit else { return members }
        let ready = members.filter(\.isReady)
        let rest = members.filter { !$0.isReady }
        return Array((ready + rest).prefix(limit))
    }

    private static func slices(
        of members: [PodEndpoint], family: IPFamily, service: ServiceObject,
        zones: [String: String], existing: [EndpointSliceObject]
    ) -> [EndpointSliceObject] {
        let layout = SliceLayout(
            namePrefix: service.sliceNamePrefix(family),
            capacity: EndpointLimits.endpointsPerSlice)
        var candidates = members.compactMap { member in
            Self.endpoint(member, family: family, service: service, zones: zones)
        }
        TopologyHints.add(to: &candidates, distribution: service.spec.trafficDistribution)
        let layoutMembers = zip(candidates, members).map {
            SliceLayout.Member(endpoint: $0, ports: $1.ports)
        }
        var slots = layout.arrange(layoutMembers, existing: existing)
        // A selector that selects nothing says so in a slice without endpoints.
        if slots.isEmpty { slots = [SliceLayout.Slot(number: 0, ports: [], endpoints: [])] }
        return slots.map { slot in
            EndpointSliceObject(
                metadata: service.sliceMetadata(
                    name: layout.name(slot.number),
                    managedBy: WellKnown.endpointSliceController),
                addressType: family.kubernetesName,
                endpoints: slot.endpoints,
                ports: slot.ports)
        }
    }

    private static func endpoint(
        _ member: PodEndpoint, family: IPFamily, service: ServiceObject, zones: [String: String]
    ) -> SliceEndpoint? {
        guard let address = member.address(family) else { return nil }
        let node = member.pod.spec.nodeName
        var endpoint = SliceEndpoint(
            addresses: [address.description],
            conditions: EndpointConditions(
                ready: member.isReady, serving: member.isServing,
                terminating: member.isTerminating),
            nodeName: node,
            zone: node.flatMap { zones[$0] },
            targetRef: member.reference)
        endpoint.hostname = member.hostname(in: service)
        return endpoint
    }
}

extension ServiceObject {
    /// Begins the names of the Service's slices of a family.
    func sliceNamePrefix(_ family: IPFamily) -> String {
        "\(metadata.name ?? "")-\(family.kubernetesName.lowercased())-"
    }

    /// The metadata of one of the Service's slices: the Service's labels and what ties it to it.
    func sliceMetadata(name: String, managedBy: String) -> ObjectMeta {
        var labels = derivedLabels
        labels[WellKnown.serviceName] = metadata.name
        labels[WellKnown.managedBy] = managedBy
        var result = ObjectMeta(
            name: name, namespace: metadata.namespace ?? ObjectKey.defaultNamespace,
            labels: labels)
        result.generateName = metadata.name.map { "\($0)-" }
        result.ownerReferences = metadata.uid.map { uid in
            [
                OwnerReference(
                    apiVersion: Self.apiVersion, kind: Self.kind, name: metadata.name ?? "",
                    uid: uid)
            ]
        }
        return result
    }

    /// The Service's own labels, and whether it is headless, for objects made from it.
    var derivedLabels: [String: String] {
        var labels = metadata.labels ?? [:]
        labels[WellKnown.headless] = spec.isHeadless ? "" : nil
        return labels
    }
}

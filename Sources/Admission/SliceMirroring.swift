import Addressing
package import KubeAPI

/// Slices that say what Endpoints made by hand say, for proxies that read slices alone.
package enum SliceMirroring {
    /// Whether the Endpoints of a Service are to be mirrored: there is no selector, so somebody
    /// wrote them, and they do not ask to be left alone.
    package static func isWanted(_ endpoints: EndpointsObject, service: ServiceObject) -> Bool {
        !service.spec.hasSelector && service.spec.kind != .externalName
            && endpoints.metadata.label(WellKnown.skipMirror) != "true"
            && endpoints.metadata.label(WellKnown.endpointsManagedBy) != "endpoint-controller"
    }

    /// The slices for Endpoints, given those there are; each subset counts up to 1000 addresses.
    package static func slices(
        of endpoints: EndpointsObject, service: ServiceObject,
        existing: [EndpointSliceObject] = []
    ) -> [EndpointSliceObject] {
        guard isWanted(endpoints, service: service) else { return [] }
        let members = (endpoints.subsets ?? []).flatMap(Self.members)
        return IPFamily.allCases.flatMap { family in
            let layout = SliceLayout(
                namePrefix: service.sliceNamePrefix(family),
                capacity: EndpointLimits.endpointsPerSlice)
            let own = members.filter { $0.family == family }.map(\.member)
            return layout.arrange(own, existing: existing).map { slot in
                slice(slot, layout, family, endpoints, service)
            }
        }
    }

    private static func slice(
        _ slot: SliceLayout.Slot, _ layout: SliceLayout, _ family: IPFamily,
        _ endpoints: EndpointsObject, _ service: ServiceObject
    ) -> EndpointSliceObject {
        var metadata = service.sliceMetadata(
            name: layout.name(slot.number),
            managedBy: WellKnown.endpointSliceMirroringController)
        metadata.labels?.merge(endpoints.metadata.labels ?? [:]) { own, _ in own }
        return EndpointSliceObject(
            metadata: metadata, addressType: family.kubernetesName, endpoints: slot.endpoints,
            ports: slot.ports)
    }

    private static func members(
        _ subset: EndpointSubset
    ) -> [(family: IPFamily, member: SliceLayout.Member)] {
        let ports = (subset.ports ?? []).map {
            EndpointPortObject(
                name: $0.name ?? "", protocol: $0.protocol ?? "TCP", port: $0.port,
                appProtocol: $0.appProtocol)
        }
        let ready = (subset.addresses ?? []).map { ($0, true) }
        let unready = (subset.notReadyAddresses ?? []).map { ($0, false) }
        return (ready + unready).prefix(EndpointLimits.addressesPerEndpoints)
            .compactMap { written, isReady in
                guard let address = IPAddress(written.ip) else { return nil }
                var endpoint = SliceEndpoint(
                    addresses: [address.description],
                    conditions: EndpointConditions(ready: isReady),
                    nodeName: written.nodeName,
                    targetRef: written.targetRef)
                endpoint.hostname = written.hostname
                return (address.family, SliceLayout.Member(endpoint: endpoint, ports: ports))
            }
    }
}

import Addressing
import KubeAPI

extension EndpointsObject {
    /// The older form of a Service's endpoints: ready and unready addresses, grouped by ports.
    ///
    /// Terminating pods are in it only for Services that publish unready addresses.
    init(service: ServiceObject, members: [PodEndpoint], family: IPFamily) {
        let publishes = service.spec.publishNotReadyAddresses == true
        let listed = members.filter {
            $0.address(family) != nil && (publishes || !$0.isTerminating)
        }
        let ordered = listed.filter(\.isReady) + listed.filter { !$0.isReady }
        let kept = ordered.prefix(EndpointLimits.addressesPerEndpoints)

        var groups: [[EndpointPortObject]: EndpointSubset] = [:]
        for member in kept where !member.ports.isEmpty || service.spec.isPortless {
            let ports = member.ports.map { $0.unnamedWhereEmpty }
            var subset = groups[ports] ?? EndpointSubset(ports: ports.isEmpty ? nil : ports)
            let address = member.endpointAddress(family, in: service)
            if member.isReady {
                subset.addresses = (subset.addresses ?? []) + [address]
            } else {
                subset.notReadyAddresses = (subset.notReadyAddresses ?? []) + [address]
            }
            groups[ports] = subset
        }
        let subsets = groups.values.sorted {
            $0.order.lexicographicallyPrecedes($1.order)
        }
        var metadata = ObjectMeta(
            name: service.metadata.name,
            namespace: service.metadata.namespace ?? ObjectKey.defaultNamespace,
            labels: service.derivedLabels)
        // Says that slices exist already, so that nobody mirrors these addresses into more.
        metadata.labels?[WellKnown.endpointsManagedBy] = "endpoint-controller"
        if kept.count < ordered.count {
            metadata.annotations = [WellKnown.overCapacity: "truncated"]
        }
        self.init(metadata: metadata, subsets: subsets.isEmpty ? nil : subsets)
    }
}

extension PodEndpoint {
    fileprivate func endpointAddress(
        _ family: IPFamily, in service: ServiceObject
    ) -> EndpointAddress {
        EndpointAddress(
            ip: address(family)?.description ?? "", hostname: hostname(in: service),
            nodeName: pod.spec.nodeName, targetRef: reference)
    }
}

extension ServiceSpec {
    /// Headless Services may have no ports: their endpoints are addresses alone.
    fileprivate var isPortless: Bool { ports?.isEmpty ?? true }
}

extension EndpointPortObject {
    /// Endpoints leave out an empty name where slices state it.
    fileprivate var unnamedWhereEmpty: EndpointPortObject {
        EndpointPortObject(
            name: name?.isEmpty == true ? nil : name, protocol: self.protocol, port: port,
            appProtocol: appProtocol)
    }
}

extension EndpointSubset {
    /// What subsets are sorted by, so that the same pods always give the same object.
    fileprivate var order: [String] {
        let firstAddress = (addresses ?? notReadyAddresses)?.first?.ip ?? ""
        return (ports ?? []).map { "\($0.name ?? "")/\($0.port ?? 0)" } + [firstAddress]
    }
}

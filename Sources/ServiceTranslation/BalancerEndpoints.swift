package import KubeAPI
package import ServiceModel

/// Which Services have an endpoint at all, as far as a balancer cares: it sends to nodes, and
/// wants to know only whether anybody there could answer.
///
/// Keeps a truth a slice, so that a cluster of many endpoints costs a balancer little.
package struct BalancerEndpoints: Sendable {
    private struct SliceName: Hashable {
        let namespace: String
        let name: String
    }

    /// The Service of each slice that holds a serving endpoint.
    private var serving: [SliceName: ServiceIdentity] = [:]
    private var counts: [ServiceIdentity: Int] = [:]

    /// Nothing is known yet.
    package init() {}

    /// Whether some endpoint of the Service takes traffic.
    package func exist(of service: ServiceIdentity) -> Bool { counts[service] != nil }

    /// Takes the complete list of slices; returns the Services that gained their first endpoint or
    /// lost their last.
    package mutating func replace(_ slices: [EndpointSliceObject]) -> Set<ServiceIdentity> {
        let before = Set(counts.keys)
        serving = [:]
        counts = [:]
        for slice in slices { _ = upsert(slice) }
        return before.symmetricDifference(counts.keys)
    }

    /// Takes a new or changed slice; returns the Services for which that makes the difference.
    package mutating func upsert(_ slice: EndpointSliceObject) -> Set<ServiceIdentity> {
        let name = Self.name(of: slice)
        let service =
            slice.endpoints.contains(where: Self.takesTraffic)
            ? slice.serviceName.map { ServiceIdentity(namespace: name.namespace, name: $0) } : nil
        return exchange(name, for: service)
    }

    /// Forgets a slice; returns the Service if that was its last endpoint.
    package mutating func delete(_ slice: EndpointSliceObject) -> Set<ServiceIdentity> {
        exchange(Self.name(of: slice), for: nil)
    }

    private mutating func exchange(
        _ name: SliceName, for service: ServiceIdentity?
    ) -> Set<ServiceIdentity> {
        let old = serving[name]
        guard old != service else { return [] }
        serving[name] = service
        var touched: Set<ServiceIdentity> = []
        if let service {
            counts[service, default: 0] += 1
            if counts[service] == 1 { touched.insert(service) }
        }
        if let old {
            let rest = (counts[old] ?? 1) - 1
            counts[old] = rest == 0 ? nil : rest
            if rest == 0 { touched.insert(old) }
        }
        return touched
    }

    /// A condition that is not stated counts as ready; a terminating endpoint is the last resort.
    private static func takesTraffic(_ endpoint: SliceEndpoint) -> Bool {
        let isReady = endpoint.conditions?.ready ?? true
        return isReady || (endpoint.conditions?.serving ?? false)
    }

    private static func name(of slice: EndpointSliceObject) -> SliceName {
        SliceName(
            namespace: slice.metadata.namespace ?? "default", name: slice.metadata.name ?? "")
    }
}

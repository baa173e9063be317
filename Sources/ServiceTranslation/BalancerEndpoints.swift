package import Addressing
package import KubeAPI
package import ServiceModel

/// What a balancer wants to know of endpoints, sending to nodes: whether a Service has any, and
/// how many each node has.
///
/// Keeps a number an endpoint, so that a cluster of many costs a balancer little.
package struct BalancerEndpoints: Sendable {
    private struct SliceName: Hashable {
        let namespace: String
        let name: String
    }

    /// The endpoints of a slice that take traffic.
    private struct Slice: Hashable {
        let service: ServiceIdentity
        let family: IPFamily?
        /// The number of each one's node; nil where one of them does not state it.
        let nodes: [UInt32]?
    }

    /// The slices that hold a serving endpoint.
    private var serving: [SliceName: Slice] = [:]
    private var slices: [ServiceIdentity: Set<SliceName>] = [:]
    private var numbers: [String: UInt32] = [:]

    /// Nothing is known yet.
    package init() {}

    /// Whether some endpoint of the Service takes traffic.
    package func exist(of service: ServiceIdentity) -> Bool { slices[service] != nil }

    /// How many of a Service's endpoints each of these nodes has, in their order.
    ///
    /// - Returns: nil where the slices do not tell it: there are none of the family, or they state
    ///   no nodes.
    package func counts(
        of service: ServiceIdentity, _ family: IPFamily, on nodes: some Sequence<String>
    ) -> [Int]? {
        let slices = (slices[service] ?? []).compactMap { serving[$0] }
            .filter { $0.family == family }
        guard !slices.isEmpty else { return nil }
        var counts: [UInt32: Int] = [:]
        for slice in slices {
            guard let nodes = slice.nodes else { return nil }
            for node in nodes { counts[node, default: 0] += 1 }
        }
        return nodes.map { numbers[$0].flatMap { counts[$0] } ?? 0 }
    }

    /// Takes the complete list of slices; returns the Services that gained their first endpoint or
    /// lost their last.
    package mutating func replace(_ slices: [EndpointSliceObject]) -> Set<ServiceIdentity> {
        let before = Set(self.slices.keys)
        self = BalancerEndpoints()
        for slice in slices { _ = upsert(slice) }
        return before.symmetricDifference(self.slices.keys)
    }

    /// Takes a new or changed slice; returns the Services for which that makes the difference.
    package mutating func upsert(_ slice: EndpointSliceObject) -> Set<ServiceIdentity> {
        exchange(Self.name(of: slice), for: read(slice))
    }

    /// Forgets a slice; returns the Service if that was its last endpoint.
    package mutating func delete(_ slice: EndpointSliceObject) -> Set<ServiceIdentity> {
        exchange(Self.name(of: slice), for: nil)
    }

    private mutating func exchange(_ name: SliceName, for slice: Slice?) -> Set<ServiceIdentity> {
        let old = serving[name]?.service
        serving[name] = slice
        guard old != slice?.service else { return [] }
        var touched: Set<ServiceIdentity> = []
        if let new = slice?.service {
            if slices[new] == nil { touched.insert(new) }
            slices[new, default: []].insert(name)
        }
        if let old {
            slices[old]?.remove(name)
            if slices[old]?.isEmpty == true {
                slices[old] = nil
                touched.insert(old)
            }
        }
        return touched
    }

    /// Nil for a slice without an endpoint that takes traffic.
    private mutating func read(_ slice: EndpointSliceObject) -> Slice? {
        let endpoints = slice.endpoints.filter(Self.takesTraffic)
        guard !endpoints.isEmpty, let service = slice.serviceName else { return nil }
        let names = endpoints.compactMap(\.nodeName)
        return Slice(
            service: ServiceIdentity(namespace: Self.name(of: slice).namespace, name: service),
            family: Self.families[slice.addressType],
            nodes: names.count < endpoints.count ? nil : names.map { number(of: $0) })
    }

    private mutating func number(of node: String) -> UInt32 {
        if let number = numbers[node] { return number }
        let number = UInt32(numbers.count)
        numbers[node] = number
        return number
    }

    private static let families = ["IPv4": IPFamily.v4, "IPv6": .v6]

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

import Addressing
import KubeAPI

/// Who holds which address and port, and what was claimed since the last decision.
///
/// A Service is given all it needs or nothing: claims are noted until `keep` or `undo`. Copying
/// the allocators instead would cost time in proportion to the cluster for each Service.
struct AddressBook: Hashable, Sendable {
    private enum Claim: Hashable {
        case clusterIP(IPAddress)
        case nodePort(NodePortClaim)
        /// With what the Service listened on before, if it had the address already.
        case loadBalancer(IPAddress, before: Set<LoadBalancerPool.Listener>?)
    }

    private var clusterIPs: [ClusterIPAllocator]
    private var nodePorts: NodePortAllocator
    private var loadBalancers: LoadBalancerPool
    private var claims: [Claim] = []

    /// A book in which everything is free.
    init(_ configuration: AdmissionConfiguration) {
        clusterIPs = configuration.serviceBlocks.enumerated().map { index, block in
            ClusterIPAllocator(
                block: block, firstAddressOwner: index == 0 ? configuration.apiService : nil,
                dnsService: configuration.dnsService)
        }
        nodePorts = NodePortAllocator(range: configuration.nodePortRange)
        loadBalancers = LoadBalancerPool(blocks: configuration.loadBalancerBlocks)
    }

    /// Whether load balancer addresses can be given out at all.
    var hasLoadBalancerPool: Bool { !loadBalancers.blocks.isEmpty }

    /// Whether load balancer addresses of a family can be given out.
    func servesLoadBalancers(_ family: IPFamily) -> Bool {
        loadBalancers.serves(family)
    }

    /// Gives a chosen ClusterIP to a Service, or says why not.
    mutating func claimClusterIP(_ address: IPAddress, for service: ObjectKey) -> Refusal? {
        guard let index = clusterIPs.firstIndex(where: { $0.canHold(address) }) else {
            let ranges = clusterIPs.map(\.block.description).joined(separator: ", ")
            return Refusal(
                .outOfRange,
                "failed to allocate IP \(address): the provided IP is not in the valid range. "
                    + "The range of valid IPs is \(ranges)")
        }
        let owner = clusterIPs[index].owner(of: address)
        guard clusterIPs[index].claim(address, for: service) else {
            return Refusal(
                .conflict,
                "failed to allocate IP \(address): provided IP is already allocated"
                    + Refusal.holder(owner) + "; leave it out to be given a free one")
        }
        if owner == nil { claims.append(.clusterIP(address)) }
        return nil
    }

    /// Gives a free ClusterIP of a family to a Service; nil when there is none.
    mutating func nextClusterIP(_ family: IPFamily, for service: ObjectKey) -> IPAddress? {
        for index in clusterIPs.indices where clusterIPs[index].block.family == family {
            guard let address = clusterIPs[index].claimNext(for: service) else { continue }
            claims.append(.clusterIP(address))
            return address
        }
        return nil
    }

    /// Gives a chosen nodes' port to a Service, or says why not.
    mutating func claimNodePort(_ port: NodePortClaim, for service: ObjectKey) -> Refusal? {
        guard nodePorts.canHold(port.port) else {
            return Refusal(
                .outOfRange,
                "provided port is not in the valid range. The range of valid ports is "
                    + "\(nodePorts.range.lowerBound)-\(nodePorts.range.upperBound)")
        }
        let owner = nodePorts.owner(of: port)
        guard nodePorts.claim(port, for: service) else {
            return Refusal(
                .conflict,
                "provided port is already allocated" + Refusal.holder(owner)
                    + "; leave it out to be given a free one")
        }
        if owner == nil { claims.append(.nodePort(port)) }
        return nil
    }

    /// Gives a free nodes' port to a Service; nil when there is none.
    mutating func nextNodePort(
        _ transport: TransportProtocol, for service: ObjectKey
    ) -> Port? {
        let port = nodePorts.claimNext(transport, for: service)
        if let port { claims.append(.nodePort(NodePortClaim(transport, port))) }
        return port
    }

    /// Gives a chosen load balancer address to a Service, or says why not.
    mutating func claimLoadBalancerIP(
        _ address: IPAddress, for service: ObjectKey, listeners: Set<LoadBalancerPool.Listener>
    ) -> Refusal? {
        let before = loadBalancers.listeners(of: service, at: address)
        if loadBalancers.claim(address, for: service, listeners: listeners) {
            claims.append(.loadBalancer(address, before: before))
            return nil
        }
        return loadBalancers.refusal(of: address, to: service, listeners: listeners)
    }

    /// Gives a load balancer address that nobody has to a Service; nil when there is none.
    mutating func nextLoadBalancerIP(
        _ family: IPFamily, for service: ObjectKey, listeners: Set<LoadBalancerPool.Listener>
    ) -> IPAddress? {
        let address = loadBalancers.claimNext(family, for: service, listeners: listeners)
        if let address { claims.append(.loadBalancer(address, before: nil)) }
        return address
    }

    /// Makes the claims since the last decision permanent.
    mutating func keep() {
        claims.removeAll()
    }

    /// Takes back the claims since the last decision.
    mutating func undo(for service: ObjectKey) {
        for claim in claims.reversed() {
            switch claim {
            case .clusterIP(let address): releaseClusterIP(address, for: service)
            case .nodePort(let port): nodePorts.release(port, for: service)
            case .loadBalancer(let address, let before):
                loadBalancers.release(address, for: service)
                // Nobody came in between, so the old listeners still fit.
                if let before {
                    _ = loadBalancers.claim(address, for: service, listeners: before)
                }
            }
        }
        claims.removeAll()
    }

    /// Frees what a Service holds, except what it goes on holding.
    mutating func release(
        _ assignment: AddressAssignment, except kept: AddressAssignment? = nil,
        for service: ObjectKey
    ) {
        for address in assignment.clusterIPs where kept?.clusterIPs.contains(address) != true {
            releaseClusterIP(address, for: service)
        }
        for port in assignment.allNodePorts.subtracting(kept?.allNodePorts ?? []) {
            nodePorts.release(port, for: service)
        }
        for address in assignment.loadBalancerIPs
        where kept?.loadBalancerIPs.contains(address) != true {
            loadBalancers.release(address, for: service)
        }
    }

    /// The part of an assignment that the Service really holds.
    func held(_ assignment: AddressAssignment, by service: ObjectKey) -> AddressAssignment {
        var held = assignment
        held.clusterIPs = assignment.clusterIPs.filter { address in
            clusterIPs.contains { $0.owner(of: address) == service }
        }
        held.nodePorts = assignment.nodePorts.filter { nodePorts.owner(of: $0) == service }
        held.healthCheckNodePort = assignment.healthCheckNodePort.flatMap {
            nodePorts.owner(of: NodePortClaim(.tcp, $0)) == service ? $0 : nil
        }
        held.loadBalancerIPs = assignment.loadBalancerIPs.filter {
            loadBalancers.listeners(of: service, at: $0) != nil
        }
        return held
    }

    private mutating func releaseClusterIP(_ address: IPAddress, for service: ObjectKey) {
        for index in clusterIPs.indices { clusterIPs[index].release(address, for: service) }
    }
}

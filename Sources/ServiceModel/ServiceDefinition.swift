package import Addressing

/// What a Service means to whoever steers its traffic.
package struct ServiceDefinition: Hashable, Sendable {
    /// Which Service this is.
    package let identity: ServiceIdentity
    /// From how far away it can be reached.
    package var reach: ServiceReach
    /// The ports at the Service's own addresses.
    package var ports: [ServicePort]
    /// At most one address a family; none for headless Services and aliases.
    package var clusterIPs: [IPAddress]
    /// Addresses that somebody else routes to the nodes.
    package var externalIPs: [IPAddress]
    /// Load balancer addresses that nodes may serve themselves (`ipMode: VIP`).
    package var loadBalancerIPs: [IPAddress]
    /// Load balancer addresses that only the balancer serves, so that all traffic passes it
    /// (`ipMode: Proxy`).
    package var balancerOnlyIPs: [IPAddress]
    /// Who may use the load balancer addresses; empty: everyone.
    package var sourceRanges: [CIDRBlock]
    /// Who may use nodePorts and external addresses; empty: everyone.
    package var nodeSourceRanges: [CIDRBlock]
    /// The policy for traffic to nodePorts, external and load balancer addresses.
    package var externalPolicy: TrafficPolicy
    /// The policy for traffic to ClusterIPs.
    package var internalPolicy: TrafficPolicy
    /// Whether a client stays with the endpoint it has.
    package var affinity: SessionAffinity
    /// Over how much of the Service it does.
    package var affinityScope: AffinityScope
    /// Where each node answers whether it has endpoints, for the external policy `local`.
    package var healthCheckNodePort: Port?
    /// Endpoints take traffic even when they are not ready.
    package var publishesNotReady: Bool
    /// There is no ClusterIP on purpose: clients find the endpoints through DNS.
    package var isHeadless: Bool
    /// Another proxy than ours serves this Service.
    package var skipsProxy: Bool
    /// The outside host that an alias stands for.
    package var externalName: String?
    /// Which endpoints are preferred; their hints already say so.
    package var trafficDistribution: TrafficDistribution?
    /// What our own annotations say, by name without the prefix.
    package var notes: [String: String]
    /// When the Service was created: of two that claim one frontend the older has it.
    package var created: CreationTime?

    /// A Service that is reached from inside the cluster and states nothing else.
    package init(
        identity: ServiceIdentity,
        reach: ServiceReach = .cluster,
        ports: [ServicePort] = [],
        clusterIPs: [IPAddress] = []
    ) {
        self.identity = identity
        self.reach = reach
        self.ports = ports
        self.clusterIPs = clusterIPs
        externalIPs = []
        loadBalancerIPs = []
        balancerOnlyIPs = []
        sourceRanges = []
        nodeSourceRanges = []
        externalPolicy = .cluster
        internalPolicy = .cluster
        affinity = .none
        affinityScope = .port
        healthCheckNodePort = nil
        publishesNotReady = false
        isHeadless = false
        skipsProxy = false
        externalName = nil
        trafficDistribution = nil
        notes = [:]
    }

    /// Whether a load balancer serves this Service.
    package var isLoadBalancer: Bool { reach == .loadBalancer }

    /// Whether any port is open on the nodes.
    package var hasNodePorts: Bool { ports.contains { $0.nodePort != nil } }

    /// Whether a node's tables have anything to hold for this Service.
    package var isProxied: Bool { reach != .alias && !isHeadless && !skipsProxy }
}

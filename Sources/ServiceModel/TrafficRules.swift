/// From how far away a Service can be reached; each reach includes those before it.
package enum ServiceReach: Hashable, Sendable {
    /// From pods and nodes.
    case cluster
    /// Also through a port of every node.
    case nodes
    /// Also through a load balancer's address.
    case loadBalancer
    /// Nowhere: the Service is another name of an outside host.
    case alias
}

/// Which endpoints may take a Service's traffic.
package enum TrafficPolicy: Hashable, Sendable {
    /// Those of all nodes.
    case cluster
    /// Those of the node that the traffic reached, so that the client's address is kept.
    case local
}

/// Whether a client stays with the endpoint it has.
package enum SessionAffinity: Hashable, Sendable {
    case none
    /// Until the client has been silent for this long, 1 to 86400 seconds.
    case clientIP(timeoutSeconds: Int)
}

/// Over which of a Service's frontends a client stays with the endpoint it has.
package enum AffinityScope: String, Hashable, Sendable, CaseIterable {
    /// Over none but the one it connects to: each port of each address remembers for itself.
    case port
    /// Over all of them.
    case service
}

/// Which endpoints a Service prefers, by distance from the client (KEP-3015).
package enum TrafficDistribution: Hashable, Sendable {
    case sameZone
    case sameNode
}

/// Where traffic is steered from: the node, and the zone the node is in.
package struct Locality: Hashable, Sendable {
    /// The node; nil for a host that is no node of the cluster.
    package let nodeName: String?
    /// The zone of the node, if known.
    package let zone: String?

    /// The place of a node; nil stands for a host that is not a node of the cluster.
    package init(nodeName: String?, zone: String? = nil) {
        self.nodeName = nodeName
        self.zone = zone
    }
}

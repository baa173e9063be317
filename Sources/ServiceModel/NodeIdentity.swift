package import Addressing

/// What a node is to whoever steers traffic to it or from it.
package struct NodeIdentity: Hashable, Sendable {
    /// Unique in the cluster; what endpoints state as their node.
    package let name: String
    /// Addresses inside the cluster first, then those seen from outside.
    package let addresses: [IPAddress]
    /// Where the node's pods get their addresses from.
    package let podCIDRs: [CIDRBlock]
    /// Where the node stands, if known.
    package let zone: String?
    /// A node that states no condition is ready.
    package let isReady: Bool
    /// External load balancers leave the node out.
    package let isExcludedFromLoadBalancers: Bool
    /// Somebody is about to take the node away.
    package let isLeaving: Bool
    /// New pods are kept off the node; those that run go on.
    package let isCordoned: Bool
    /// What our own annotations say, by name without the prefix.
    package let notes: [String: String]

    /// A ready node, unless stated otherwise.
    package init(
        name: String,
        addresses: [IPAddress],
        podCIDRs: [CIDRBlock] = [],
        zone: String? = nil,
        isReady: Bool = true,
        isExcludedFromLoadBalancers: Bool = false,
        isLeaving: Bool = false,
        isCordoned: Bool = false,
        notes: [String: String] = [:]
    ) {
        self.name = name
        self.addresses = addresses
        self.podCIDRs = podCIDRs
        self.zone = zone
        self.isReady = isReady
        self.isExcludedFromLoadBalancers = isExcludedFromLoadBalancers
        self.isLeaving = isLeaving
        self.isCordoned = isCordoned
        self.notes = notes
    }

    /// Where traffic that this node steers comes from.
    package var locality: Locality { Locality(nodeName: name, zone: zone) }

    /// The first address of a family: what balancers send to.
    package func address(_ family: IPFamily) -> IPAddress? {
        addresses.first { $0.family == family }
    }
}

import Forwarding
package import HealthChecking
package import ServiceModel
package import ServiceTranslation

/// How a balancer makes up its mind, beside the checks.
package struct BalancerRules: Hashable, Sendable {
    /// The share of well nodes, in percent, below which all are used; 0 stands for never.
    package var panicThreshold = 50
    /// How nodes are chosen for Services that do not say it themselves.
    package var method = BalancingMethod.random
    /// True if cordoned nodes take no new connections.
    package var avoidsCordoned = false
    /// True if targets whose connections fail are ejected, where a Service does not say otherwise.
    package var ejects = false
    /// When and for how long they are.
    package var ejection = EjectionPolicy()
    /// True if established connections to a node that is down are left alone.
    package var keepsEstablished = false
    /// When an address is held no more, although there are Services that have it.
    package var withdrawal = WithdrawalRule.empty

    /// How packets get to the nodes of Services that do not say it themselves.
    package var dataPlane = DataPlane.masquerade
    /// How many slots share the packets that nodes get as they are.
    package var directReturnSlots = DirectReturnLayout.defaultSlotCount
    /// Why this host cannot hand packets to nodes as they are; nil if it can.
    package var directReturnObstacle: String?

    /// What holds where nobody says otherwise.
    package init() {}
}

/// Why a node is left out whatever checks would say.
package enum NodeObjection: String, Hashable, Sendable {
    /// Its Ready condition is false or unknown.
    case notReady = "not-ready"
    /// It bears the label that keeps it from external load balancers.
    case excluded
    /// Somebody is about to take it away.
    case leaving
    /// It is cordoned, and cordoned nodes are avoided.
    case cordoned
}

extension BalancerRules {
    /// What speaks against sending anything to the node; nil if nothing does.
    package func objection(to node: NodeIdentity) -> NodeObjection? {
        if node.isLeaving { return .leaving }
        if node.isExcludedFromLoadBalancers { return .excluded }
        if !node.isReady { return .notReady }
        return avoidsCordoned && node.isCordoned ? .cordoned : nil
    }
}

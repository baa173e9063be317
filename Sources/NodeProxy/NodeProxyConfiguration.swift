package import Addressing

/// What a node's proxy has to know before it starts.
package struct NodeProxyConfiguration: Sendable {
    /// The node's addresses at which nodePorts answer.
    package enum NodePortAddresses: Hashable, Sendable {
        /// The node's first address of each family.
        case primary
        /// Those of the node's addresses that lie in one of these blocks.
        case blocks([CIDRBlock])

        /// Whether they are chosen among the addresses that the host has.
        var dependOnHost: Bool {
            if case .blocks = self { true } else { false }
        }
    }

    /// The name of the Node object that stands for this host.
    package let nodeName: String
    /// Where ClusterIPs come from.
    package let serviceRanges: [CIDRBlock]
    /// Where all pods get their addresses from.
    package let podRanges: [CIDRBlock]
    /// Where nodePorts answer.
    package let nodePortAddresses: NodePortAddresses
    /// True if frontends and endpoints count their connections in the kernel.
    package let hasCounters: Bool
    /// True if the tables are to be owned, so that nobody else can change them.
    package let ownsTables: Bool

    /// True if the connections of each frontend and backend are told with the metrics.
    package var tellsConnections = true
    /// True if ClusterIPs answer everybody who has a route to them, not only pods and nodes.
    package var opensClusterIPs = false
    /// The file in which it outlives a restart what balancers were told; nil: it does not.
    package var healthFile: String?
    /// How often it is looked whether somebody else changed a ruleset.
    package var compareInterval = Duration.milliseconds(250)
    /// The same for owned tables, which nobody else can change: only to be sure.
    package var ownedCompareInterval = Duration.seconds(30)
    /// How long the API may take to answer before it is seen whether a predecessor's tables go on.
    package var adoptionDelay = Duration.seconds(3)
    /// How long work may wait before the proxy calls itself unhealthy.
    package var stallTimeout = Duration.seconds(60)

    /// Whether there is anything to tell, and it is to be told.
    var countsConnections: Bool { hasCounters && tellsConnections }

    /// Gathers the settings of one proxy.
    package init(
        nodeName: String, serviceRanges: [CIDRBlock], podRanges: [CIDRBlock],
        nodePortAddresses: NodePortAddresses = .primary, hasCounters: Bool = true,
        ownsTables: Bool
    ) {
        self.nodeName = nodeName
        self.serviceRanges = serviceRanges
        self.podRanges = podRanges
        self.nodePortAddresses = nodePortAddresses
        self.hasCounters = hasCounters
        self.ownsTables = ownsTables
    }
}

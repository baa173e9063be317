package import Addressing

/// One pod, or one host by hand, behind a Service.
///
/// There may be a million of these in memory, so texts should be shared and hints are empty
/// arrays, which take no memory of their own, for almost all.
package struct Endpoint: Hashable, Sendable {
    /// Where the traffic goes; the port is the group's.
    package let address: IPAddress
    /// May take new connections.
    package let isReady: Bool
    /// Would be ready if it were not terminating.
    package let isServing: Bool
    /// Is going: takes new connections only when nothing else is left.
    package let isTerminating: Bool
    /// The node it runs on, if known.
    package let nodeName: String?
    /// The zone of the node, if known.
    package let zone: String?
    /// The zones that should use it.
    package let zoneHints: [String]
    /// The nodes that should use it.
    package let nodeHints: [String]

    /// An endpoint, ready unless stated otherwise.
    package init(
        address: IPAddress,
        isReady: Bool = true,
        isServing: Bool = true,
        isTerminating: Bool = false,
        nodeName: String? = nil,
        zone: String? = nil,
        zoneHints: [String] = [],
        nodeHints: [String] = []
    ) {
        self.address = address
        self.isReady = isReady
        self.isServing = isServing
        self.isTerminating = isTerminating
        self.nodeName = nodeName
        self.zone = zone
        self.zoneHints = zoneHints
        self.nodeHints = nodeHints
    }

    /// Whether the endpoint runs on the node that traffic is steered from.
    package func isLocal(to place: Locality) -> Bool {
        nodeName != nil && nodeName == place.nodeName
    }
}

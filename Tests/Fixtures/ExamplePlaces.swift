package import Addressing
package import Forwarding

/// Who has which address around the example node, in one family.
///
/// Addresses have a fixed meaning in all tests: pods 10.244/16, ClusterIPs 10.96/12, nodes
/// 192.168.50/24, load balancers 198.51.100/24, clients 203.0.113/24.
package struct ExamplePlaces: Hashable, Sendable {
    /// The family of all these addresses.
    package let family: IPFamily

    /// Names the places of one family.
    package init(_ family: IPFamily) {
        self.family = family
    }

    /// The address of the node whose table it is.
    package var node: IPAddress { pick("192.168.50.1", "fd50::1") }
    /// The address of another node of the cluster.
    package var otherNode: IPAddress { pick("192.168.50.2", "fd50::2") }
    /// Someone who has a route to the node and belongs to nothing.
    package var client: IPAddress { pick("203.0.113.10", "fd03::10") }
    /// A client that no source range allows.
    package var otherClient: IPAddress { pick("203.0.113.99", "fd03::99") }

    /// A Service's ClusterIP.
    package func clusterIP(_ number: Int) -> IPAddress {
        pick("10.96.0.\(number)", "fd96::\(number)")
    }

    /// A Service's load balancer address.
    package func loadBalancerIP(_ number: Int) -> IPAddress {
        pick("198.51.100.\(number)", "fd98::\(number)")
    }

    /// A pod of the node whose table it is.
    package func localPod(_ number: Int) -> IPAddress {
        pick("10.244.1.\(number)", "fd44:0:0:1::\(number)")
    }

    /// A pod of another node.
    package func remotePod(_ number: Int) -> IPAddress {
        pick("10.244.2.\(number)", "fd44:0:0:2::\(number)")
    }

    /// Which addresses are what, as the node's daemon learns it.
    package var surroundings: Surroundings {
        family == .v4
            ? Surroundings(
                localPods: [block("10.244.1.0/24")],
                cluster: [block("10.244.0.0/16"), block("192.168.50.0/24")],
                serviceRanges: [block("10.96.0.0/12")])
            : Surroundings(
                localPods: [block("fd44:0:0:1::/64")],
                cluster: [block("fd44::/48"), block("fd50::/64")],
                serviceRanges: [block("fd96::/112")])
    }

    /// The sources that the example's restricted Services allow: two clients and two pods.
    package var allowedSources: [CIDRBlock] {
        family == .v4
            ? [block("203.0.113.10/31"), block("10.244.1.2/31")]
            : [block("fd03::10/127"), block("fd44:0:0:1::2/127")]
    }

    private func pick(_ v4: String, _ v6: String) -> IPAddress {
        address(family == .v4 ? v4 : v6)
    }
}

extension Surroundings {
    /// What is around the example node in both families.
    package static var example: Surroundings {
        let both = IPFamily.allCases.map { ExamplePlaces($0).surroundings }
        return Surroundings(
            localPods: both.flatMap(\.localPods), cluster: both.flatMap(\.cluster),
            serviceRanges: both.flatMap(\.serviceRanges))
    }
}

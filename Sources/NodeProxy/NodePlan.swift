package import Addressing
package import Forwarding
import Ruleset
package import ServiceModel
package import ServiceTranslation

/// What one node should have in its tables, from what is known of the cluster; pure.
package struct NodePlan: Sendable {
    /// The settings of the proxy.
    package let configuration: NodeProxyConfiguration

    /// Plans for the node that the configuration names.
    package init(_ configuration: NodeProxyConfiguration) {
        self.configuration = configuration
    }

    /// What the node's tables look like without any Service.
    package var layout: ForwardingLayout {
        ForwardingLayout(
            role: .node, flags: configuration.ownsTables ? .owned : [],
            hasCounters: configuration.hasCounters,
            opensClusterIPs: configuration.opensClusterIPs)
    }

    /// What a Service is on this node: its frontends and what had to be left out of them.
    package func translate(
        _ service: ServiceIdentity, in snapshot: ClusterSnapshot
    ) -> TranslatedService {
        guard let definition = snapshot.services[service] else { return TranslatedService() }
        return frontends(in: snapshot)
            .translate(definition, groups: snapshot.groups(of: service))
    }

    /// Which addresses are what around the node.
    ///
    /// Without a pod range of its own the node counts all pods as local; a pod of another node
    /// that uses this node's nodePort then keeps its address and may wait in vain.
    package func surroundings(in snapshot: ClusterSnapshot) -> Surroundings {
        let own = snapshot.nodes[configuration.nodeName]?.podCIDRs ?? []
        let nodes = snapshot.nodes.values.flatMap { node in
            node.podCIDRs + node.addresses.compactMap(CIDRBlock.init(single:))
        }
        return Surroundings(
            localPods: own.isEmpty ? configuration.podRanges : own,
            cluster: CIDRBlock.merged(configuration.podRanges + nodes),
            serviceRanges: configuration.serviceRanges)
    }

    /// The node's own addresses, those that others reach it by first.
    package func nodeAddresses(in snapshot: ClusterSnapshot) -> [IPAddress] {
        snapshot.nodes[configuration.nodeName]?.addresses ?? []
    }

    /// The node's addresses at which nodePorts answer.
    package func nodePortAddresses(in snapshot: ClusterSnapshot) -> [IPAddress] {
        let addresses = nodeAddresses(in: snapshot)
        switch configuration.nodePortAddresses {
        case .primary:
            return IPFamily.allCases.compactMap { family in
                addresses.first { $0.family == family }
            }
        case .blocks(let blocks):
            return addresses.filter { address in blocks.contains { $0.contains(address) } }
        }
    }

    private func frontends(in snapshot: ClusterSnapshot) -> NodeFrontends {
        let node = snapshot.nodes[configuration.nodeName]
        return NodeFrontends(
            place: node?.locality ?? Locality(nodeName: configuration.nodeName),
            nodePortAddresses: nodePortAddresses(in: snapshot))
    }
}

extension CIDRBlock {
    /// The block that holds one address alone.
    init?(single address: IPAddress) {
        self.init(address, prefixLength: address.family.addressBits)
    }
}

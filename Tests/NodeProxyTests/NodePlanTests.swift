import Addressing
import Forwarding
import KubeAPI
import NodeProxy
import Ruleset
import ServiceModel
import ServiceTranslation
import Testing

@Suite("What a node should have")
struct NodePlanTests {
    private func snapshot(_ nodes: NodeObject..., services: [ServiceObject] = []) -> ClusterSnapshot
    {
        var snapshot = ClusterSnapshot()
        _ = snapshot.replaceNodes(nodes)
        _ = snapshot.replaceServices(services)
        return snapshot
    }

    private func addresses(_ texts: String...) -> [IPAddress] { texts.map(address) }

    @Test("the node's own pods are local; pods and addresses of all nodes are the cluster")
    func surroundings() {
        let plan = NodePlan(configuration(podRanges: [block("10.244.0.0/16")]))
        let surroundings = plan.surroundings(
            in: snapshot(node(1), node(2, podCIDRs: ["10.9.2.0/24"])))
        #expect(surroundings.localPods == [block("10.244.1.0/24")])
        #expect(surroundings.serviceRanges == [block("10.96.0.0/12")])
        for text in [
            "10.244.77.1", "10.9.2.9", "192.168.50.1", "192.168.50.2", "fd00:50::2", "198.51.100.2",
        ] {
            #expect(surroundings.cluster.contains { $0.contains(address(text)) }, "\(text)")
        }
        for text in ["192.168.50.3", "10.9.3.1", "203.0.113.1", "fd00:50::3", "10.96.0.1"] {
            #expect(!surroundings.cluster.contains { $0.contains(address(text)) }, "\(text)")
        }
        #expect(surroundings.cluster == CIDRBlock.merged(surroundings.cluster))
    }

    @Test("a node without a pod range of its own counts all pods as local")
    func noOwnRange() {
        let plan = NodePlan(configuration(podRanges: [block("10.244.0.0/16")]))
        #expect(
            plan.surroundings(in: snapshot(node(1, podCIDRs: []))).localPods
                == [block("10.244.0.0/16")])
        #expect(plan.surroundings(in: snapshot(node(2))).localPods == [block("10.244.0.0/16")])
    }

    @Test("nodePorts answer at the node's first address of each family")
    func primary() {
        let plan = NodePlan(configuration())
        #expect(
            plan.nodePortAddresses(in: snapshot(node(1), node(2)))
                == addresses("192.168.50.1", "fd00:50::1"))
    }

    @Test("where the host's own addresses are known, the blocks choose from them")
    func blocksOfHost() {
        var plan = NodePlan(configuration(nodePortAddresses: .blocks([block("10.77.0.0/16")])))
        #expect(plan.nodePortAddresses(in: snapshot(node(1))) == [])
        plan.hostAddresses = addresses("10.77.0.1", "192.168.50.1")
        #expect(plan.nodePortAddresses(in: snapshot(node(1))) == addresses("10.77.0.1"))
    }

    @Test("nodePorts answer at those of the node's addresses that lie in the blocks")
    func blocks() {
        let inside = [block("10.50.0.0/16"), block("fd00:50::/64"), block("192.168.51.0/24")]
        let plan = NodePlan(configuration(nodePortAddresses: .blocks(inside)))
        #expect(
            plan.nodePortAddresses(in: snapshot(node(1)))
                == addresses("fd00:50::1", "10.50.0.1"))
        let none = NodePlan(configuration(nodePortAddresses: .blocks([])))
        #expect(none.nodePortAddresses(in: snapshot(node(1))).isEmpty)
    }

    @Test("while the own Node is unknown ClusterIPs work, and nodePorts have no address")
    func unknownNode() {
        let plan = NodePlan(configuration())
        let snapshot = snapshot(node(2), services: [service(10, nodePort: 30_080)])
        #expect(plan.nodePortAddresses(in: snapshot).isEmpty)
        let translated = plan.translate(service(10).identity, in: snapshot)
        #expect(translated.entries.map(\.frontend.address) == addresses("10.96.0.10"))
    }

    @Test("a Service's nodePort is at the node's addresses, besides its ClusterIP")
    func translates() {
        let plan = NodePlan(configuration())
        let snapshot = snapshot(node(1), services: [service(10, nodePort: 30_080)])
        let frontends = plan.translate(service(10).identity, in: snapshot).entries.map {
            "\($0.frontend)"
        }
        #expect(Set(frontends) == ["10.96.0.10:80/tcp", "192.168.50.1:30080/tcp"])
    }

    @Test("a Service that is gone has nothing")
    func gone() {
        let plan = NodePlan(configuration())
        let translated = plan.translate(service(10).identity, in: snapshot(node(1)))
        #expect(translated == TranslatedService())
    }

    @Test("tables are owned and count as the settings say")
    func layout() {
        let owned = NodePlan(configuration(hasCounters: false, ownsTables: true)).layout
        #expect(owned.flags == [.owner, .persist])
        #expect(!owned.hasCounters)
        let plain = NodePlan(configuration()).layout
        #expect(plain.flags == [])
        #expect(plain.hasCounters)
        #expect(plain.role == .node)
    }
}

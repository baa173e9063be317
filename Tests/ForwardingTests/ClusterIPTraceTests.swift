import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("A packet to a ClusterIP")
struct ClusterIPTraceTests {
    @Test(
        "from a pod of this node reaches every endpoint with the pod's address",
        arguments: IPFamily.allCases)
    func fromLocalPod(family: IPFamily) {
        let node = TracedNode(family)
        let ends = node.connections(from: .localPod, to: node.places.clusterIP(10))
        #expect(ends == .reach(node.services.pods, masqueraded: false))
    }

    @Test(
        "from the node, or from elsewhere in the cluster, is masqueraded",
        arguments: IPFamily.allCases, [Side.thisHost, .remotePod, .otherNode])
    func fromTheCluster(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        let ends = node.connections(from: side, to: node.places.clusterIP(10))
        #expect(ends == .reach(node.services.pods, masqueraded: true))
    }

    @Test("from a client outside is dropped, although it has a route", arguments: IPFamily.allCases)
    func isolation(family: IPFamily) {
        let node = TracedNode(family)
        for number in [10, 11, 12, 16, 99] {
            let ends = node.connections(from: .client, to: node.places.clusterIP(number))
            #expect(ends == .end(.dropped))
        }
    }

    @Test("from a client outside is served and masqueraded where ClusterIPs are open",
        arguments: IPFamily.allCases)
    func openToAll(family: IPFamily) {
        let node = TracedNode(family, ExampleServices.table(opensClusterIPs: true))
        let ends = node.connections(from: .client, to: node.places.clusterIP(10))
        #expect(ends == .reach(node.services.pods, masqueraded: true))
        #expect(
            node.connections(from: .client, to: node.places.clusterIP(99)) == .end(.dropped))
    }

    @Test("keeps TCP and UDP of one port number apart", arguments: IPFamily.allCases)
    func protocolsApart(family: IPFamily) {
        let node = TracedNode(family)
        let ends = node.connections(.udp, from: .localPod, to: node.places.clusterIP(10))
        let pods = node.services.pods.map { endpoint($0.address, 5353) }
        #expect(ends == .reach(pods, masqueraded: false))
        let sctp = node.connections(.sctp, from: .localPod, to: node.places.clusterIP(10))
        #expect(sctp == .end(.refused(.portUnreachable)))
    }

    @Test(
        "22: to a port that no Service defines is refused", arguments: IPFamily.allCases,
        [Side.localPod, .thisHost, .remotePod, .otherNode])
    func undefinedPort(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        let address = node.places.clusterIP(10)
        #expect(
            node.connections(from: side, to: address, port: 81) == .end(.refused(.tcpReset)))
        #expect(
            node.connections(.udp, from: side, to: address, port: 81)
                == .end(.refused(.portUnreachable)))
    }

    @Test(
        "to an address that no Service has is dropped", arguments: IPFamily.allCases, Side.allCases)
    func unallocated(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        let ends = node.connections(from: side, to: node.places.clusterIP(99))
        #expect(ends == .end(.dropped))
    }

    @Test(
        "10: from a pod to itself is masqueraded, and from its neighbour is not",
        arguments: IPFamily.allCases)
    func hairpin(family: IPFamily) {
        let node = TracedNode(family)
        let pod = node.services.localPods[0]
        let address = node.places.clusterIP(22)
        #expect(
            node.connections(from: pod.address, to: address) == .reach([pod], masqueraded: true))
        #expect(
            node.connections(from: node.services.localPods[1].address, to: address)
                == .reach([pod], masqueraded: false))
    }

    @Test(
        "reaches a process of the node itself, from every side of the cluster",
        arguments: IPFamily.allCases)
    func hostNetwork(family: IPFamily) {
        let node = TracedNode(family)
        let address = node.places.clusterIP(18)
        let process = node.services.hostProcess
        #expect(
            node.connections(from: .localPod, to: address) == .reach([process], masqueraded: false))
        #expect(node.connections(from: .thisHost, to: address).backends == [process])
        #expect(node.connections(from: .otherNode, to: address).backends == [process])
    }
}

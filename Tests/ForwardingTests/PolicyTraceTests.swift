import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("Traffic policies and source ranges")
struct PolicyTraceTests {
    @Test(
        "82: internal policy Local keeps to this node's endpoints, and only at the ClusterIP",
        arguments: IPFamily.allCases)
    func internalLocal(family: IPFamily) {
        let node = TracedNode(family)
        let ends = node.connections(from: .localPod, to: node.places.clusterIP(15))
        #expect(ends == .reach(node.services.localPods, masqueraded: false))
        let external = node.connections(from: .client, to: node.places.node, port: 30_085)
        #expect(external == .reach(node.services.pods, masqueraded: true))
    }

    @Test(
        "internal policy Local without an endpoint here drops; the node port still serves",
        arguments: IPFamily.allCases)
    func internalLocalNoneHere(family: IPFamily) {
        let node = TracedNode(family)
        for side in Side.allCases {
            let ends = node.connections(from: side, to: node.places.clusterIP(16))
            #expect(ends == .end(.dropped))
            let external = node.connections(from: side, to: node.places.node, port: 30_086)
            #expect(external == .reach(node.services.remotePods, masqueraded: true))
        }
    }

    @Test(
        "83, 84: external policy Local shows this node's endpoints the client's address",
        arguments: IPFamily.allCases, [Side.client, .otherNode, .remotePod])
    func externalLocal(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        for (address, port) in node.externals(of: 13) {
            let ends = node.connections(from: side, to: address, port: port)
            #expect(ends == .reach(node.services.localPods, masqueraded: false))
        }
    }

    @Test(
        "87: external policy Local lets this node's pods and processes reach every endpoint",
        arguments: IPFamily.allCases)
    func externalLocalFromHere(family: IPFamily) {
        let node = TracedNode(family)
        for (address, port) in node.externals(of: 13) {
            #expect(
                node.connections(from: .localPod, to: address, port: port)
                    == .reach(node.services.pods, masqueraded: false))
            #expect(
                node.connections(from: .thisHost, to: address, port: port)
                    == .reach(node.services.pods, masqueraded: true))
        }
    }

    @Test(
        "85: external policy Local without an endpoint here drops, but not for its own pods",
        arguments: IPFamily.allCases)
    func externalLocalNoneHere(family: IPFamily) {
        let node = TracedNode(family)
        for (address, port) in node.externals(of: 14) {
            for side in [Side.client, .otherNode, .remotePod] {
                let ends = node.connections(from: side, to: address, port: port)
                #expect(ends == .end(.dropped))
            }
            #expect(
                node.connections(from: .localPod, to: address, port: port)
                    == .reach(node.services.remotePods, masqueraded: false))
            #expect(
                node.connections(from: .thisHost, to: address, port: port)
                    == .reach(node.services.remotePods, masqueraded: true))
        }
    }

    @Test(
        "external policy Local without any endpoint anywhere refuses", arguments: IPFamily.allCases,
        Side.allCases)
    func externalLocalEmpty(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        for (address, port) in node.externals(of: 24) {
            let ends = node.connections(from: side, to: address, port: port)
            #expect(ends == .end(.refused(.tcpReset)))
        }
    }

    @Test(
        "97, 99: source ranges let only their members in, pods among them", arguments: [17, 21],
        IPFamily.allCases)
    func sourceRanges(number: Int, family: IPFamily) {
        let node = TracedNode(family)
        let address = node.places.loadBalancerIP(number)
        for source in [node.places.client, node.services.localPods[1].address] {
            let ends = node.connections(from: source, to: address)
            #expect(ends == .reach(node.services.pods, masqueraded: true))
        }
        for source in [node.places.otherClient, node.places.localPod(4), node.places.otherNode] {
            #expect(node.connections(from: source, to: address) == .end(.dropped))
        }
        #expect(node.connections(from: .thisHost, to: address) == .end(.dropped))
        let nodePort = node.connections(
            from: node.places.otherClient, to: node.places.node, port: UInt16(30_070 + number))
        #expect(nodePort == .reach(node.services.pods, masqueraded: true))
    }

    @Test("source ranges hold under external policy Local too", arguments: IPFamily.allCases)
    func sourceRangesLocal(family: IPFamily) {
        let node = TracedNode(family)
        let address = node.places.loadBalancerIP(23)
        #expect(
            node.connections(from: node.places.client, to: address)
                == .reach(node.services.localPods, masqueraded: false))
        #expect(node.connections(from: node.places.otherClient, to: address) == .end(.dropped))
        #expect(node.connections(from: .localPod, to: address) == .end(.dropped))
    }
}

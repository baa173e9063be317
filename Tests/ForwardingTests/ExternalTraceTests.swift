import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("A packet to a node port or a load balancer's address")
struct ExternalTraceTests {
    @Test(
        "31: reaches every endpoint, masqueraded, from every side", arguments: IPFamily.allCases,
        Side.allCases)
    func everySide(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        let expected = Connections.reach(node.services.pods, masqueraded: true)
        #expect(node.connections(from: side, to: node.places.node, port: 30_080) == expected)
        #expect(node.connections(from: side, to: node.places.loadBalancerIP(10)) == expected)
    }

    @Test("32: serves UDP as well", arguments: IPFamily.allCases, Side.allCases)
    func udp(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        let pods = node.services.pods.map { endpoint($0.address, 5353) }
        let ends = node.connections(.udp, from: side, to: node.places.node, port: 30_080)
        #expect(ends == .reach(pods, masqueraded: true))
    }

    @Test(
        "19, 95: without endpoints is refused at once, from every side and on every frontend",
        arguments: IPFamily.allCases, Side.allCases)
    func empty(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        var frontends = node.externals(of: 12)
        if side != .client { frontends.append((node.places.clusterIP(12), 80)) }
        for (address, port) in frontends {
            #expect(
                node.connections(.tcp, from: side, to: address, port: port)
                    == .end(.refused(.tcpReset)))
            #expect(
                node.connections(.udp, from: side, to: address, port: port)
                    == .end(.refused(.portUnreachable)))
        }
    }

    @Test(
        "of a Service with one endpoint masquerades the endpoint's own",
        arguments: IPFamily.allCases)
    func hairpin(family: IPFamily) {
        let node = TracedNode(family)
        let pod = node.services.localPods[0]
        for (address, port) in node.externals(of: 22) {
            let ends = node.connections(from: pod.address, to: address, port: port)
            #expect(ends == .reach([pod], masqueraded: true))
        }
    }

    @Test("reaches a process of the node itself", arguments: IPFamily.allCases, Side.allCases)
    func hostNetwork(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        let ends = node.connections(from: side, to: node.places.node, port: 30_088)
        #expect(ends.backends == [node.services.hostProcess])
        #expect(ends.others.isEmpty)
    }

    @Test(
        "that no Service has goes to the node's own processes", arguments: IPFamily.allCases,
        Side.allCases)
    func foreignPort(family: IPFamily, side: Side) {
        let node = TracedNode(family)
        let ends = node.connections(from: side, to: node.places.node, port: 22)
        #expect(ends == .reach([endpoint(node.places.node, 22)], masqueraded: false))
    }

    @Test(
        "leaves what other tables translated, and what passes through, alone",
        arguments: IPFamily.allCases)
    func foreignTraffic(family: IPFamily) {
        let node = TracedNode(family)
        let pod = node.places.localPod(2)
        let ends = node.connections(from: .client, to: pod, port: 8080)
        #expect(ends == .reach([endpoint(pod, 8080)], masqueraded: false))
        let outward = node.connections(from: .localPod, to: node.places.client, port: 443)
        #expect(outward == .reach([endpoint(node.places.client, 443)], masqueraded: false))
    }

    @Test(
        "that conntrack cannot place is dropped if an endpoint sent it",
        arguments: IPFamily.allCases)
    func invalid(family: IPFamily) {
        let node = TracedNode(family)
        var walk = node.walk()
        func late(from source: IPAddress) -> Packet {
            Packet(
                .tcp, from: endpoint(source, 8080), to: endpoint(node.places.client, 40_000),
                isInvalid: true)
        }
        let fromPod = walk.walk(late(from: node.places.localPod(2)), from: .network)
        #expect(fromPod.outcome == .dropped)
        let foreign = walk.walk(late(from: node.places.otherClient), from: .network)
        #expect(
            foreign.outcome
                == .delivered(to: endpoint(node.places.client, 40_000), isMasqueraded: false))
    }
}

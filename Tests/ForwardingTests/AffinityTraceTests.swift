import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("ClientIP affinity")
struct AffinityTraceTests {
    /// Where one connection after another ends, when the kernel picks the slots in turn.
    private func ends(
        _ node: TracedNode, of connections: [(source: IPAddress, to: IPAddress, port: UInt16)]
    ) -> [SocketEndpoint?] {
        var walk = node.walkInTurn()
        return connections.map { source, destination, port in
            let packet = node.packet(from: source, to: destination, port: port)
            let origin: PacketWalk.Origin = source == node.places.node ? .thisHost : .network
            guard case .delivered(let backend, _) = walk.walk(packet, from: origin).outcome else {
                return nil
            }
            return backend
        }
    }

    @Test("68: a client keeps its endpoint, another one gets its own", arguments: IPFamily.allCases)
    func keeps(family: IPFamily) {
        let node = TracedNode(family)
        let address = node.places.clusterIP(11)
        let (one, other) = (node.places.localPod(4), node.places.localPod(5))
        let pods = node.services.pods
        #expect(
            ends(node, of: [(one, address, 80), (other, address, 80), (one, address, 80)])
                == [pods[0], pods[1], pods[0]])
    }

    @Test("71, 73: holds at node ports and load balancer addresses", arguments: IPFamily.allCases)
    func externals(family: IPFamily) {
        let node = TracedNode(family)
        for (address, port) in node.externals(of: 11) {
            let connection = (node.places.client, address, port)
            let pod = node.services.pods[0]
            #expect(ends(node, of: [connection, connection, connection]) == [pod, pod, pod])
        }
    }

    @Test("each frontend remembers for itself", arguments: IPFamily.allCases)
    func apart(family: IPFamily) {
        let node = TracedNode(family)
        let pods = node.services.pods
        let connections = [
            (node.places.client, node.places.node, UInt16(30_081)),
            (node.places.client, node.places.loadBalancerIP(11), 80),
        ]
        #expect(ends(node, of: connections) == [pods[0], pods[1]])
    }

    @Test("holds for endpoints that are processes of the node", arguments: IPFamily.allCases)
    func hostNetwork(family: IPFamily) {
        let node = TracedNode(family)
        for source in [node.places.localPod(4), node.places.node] {
            let connection = (source, node.places.clusterIP(19), UInt16(80))
            let process = node.services.hostProcess
            #expect(ends(node, of: [connection, connection]) == [process, process])
        }
    }

    @Test(
        "72: under external policy Local a client outside keeps to a local endpoint",
        arguments: IPFamily.allCases)
    func local(family: IPFamily) {
        let node = TracedNode(family)
        for (address, port) in node.externals(of: 20) {
            let pods = node.services.pods
            let outside = (node.places.client, address, port)
            let inside = (node.places.localPod(4), address, port)
            #expect(
                ends(node, of: [outside, outside, inside, outside, inside])
                    == [pods[0], pods[0], pods[1], pods[0], pods[1]])
        }
    }

    @Test("is remembered for as long as the Service says")
    func timeouts() {
        let table = ExampleServices.table().ruleset.tables[TableID(.ip, "sluice")]
        let timeouts = (table?.chains.values.flatMap(\.rules).flatMap(\.statements) ?? [])
            .compactMap { statement -> Int? in
                guard case .update(_, _, let seconds, _) = statement else { return nil }
                return seconds
            }
        #expect(timeouts.sorted() == [3, 60, 10_800, 10_800])
    }

    @Test("no other Service remembers anything", arguments: IPFamily.allCases)
    func others(family: IPFamily) {
        let node = TracedNode(family)
        var walk = node.walk()
        for number in [10, 13, 15, 17, 18, 22] {
            let packet = node.packet(
                from: node.places.localPod(4), to: node.places.clusterIP(number))
            _ = walk.walk(packet, from: .network)
        }
        #expect(walk.learned.isEmpty)
    }
}

import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("ClientIP affinity of a whole Service")
struct ServiceAffinityTraceTests {
    /// A connection that is to be made.
    private struct Attempt {
        let transport: TransportProtocol
        let source: IPAddress
        let destination: IPAddress
        let port: UInt16
    }

    /// Where one connection after another ends, when the kernel picks the slots in turn.
    private func ends(_ node: TracedNode, of attempts: [Attempt]) -> [SocketEndpoint?] {
        var walk = node.walkInTurn()
        return attempts.map { attempt in
            let packet = node.packet(
                attempt.transport, from: attempt.source, to: attempt.destination,
                port: attempt.port)
            let origin: PacketWalk.Origin =
                attempt.source == node.places.node ? .thisHost : .network
            guard case .delivered(let backend, _) = walk.walk(packet, from: origin).outcome else {
                return nil
            }
            return backend
        }
    }

    /// A connection to each frontend of an example Service.
    private func attempts(
        _ node: TracedNode, from source: IPAddress, at number: Int,
        _ transports: [TransportProtocol] = [.tcp, .udp]
    ) -> [Attempt] {
        let places = [(address: node.places.clusterIP(number), port: UInt16(80))]
        return (places + node.externals(of: number)).flatMap { place in
            transports.map {
                Attempt(
                    transport: $0, source: source, destination: place.address, port: place.port)
            }
        }
    }

    @Test(
        "a client has one endpoint at all ports, protocols and addresses",
        arguments: IPFamily.allCases)
    func together(family: IPFamily) {
        let node = TracedNode(family)
        let pods = node.services.pods
        for source in [node.places.localPod(4), node.places.node] {
            let once = attempts(node, from: source, at: 25)
            let expected = once.map {
                $0.transport == .tcp ? pods[0] : endpoint(pods[0].address, 5353)
            }
            #expect(ends(node, of: once + once) == expected + expected)
        }
    }

    @Test("clients do not share with each other", arguments: IPFamily.allCases)
    func clients(family: IPFamily) {
        let node = TracedNode(family)
        let attempts = [4, 5, 4, 5].map {
            Attempt(
                transport: .tcp, source: node.places.localPod($0),
                destination: node.places.clusterIP(25), port: 80)
        }
        let pods = node.services.pods
        #expect(ends(node, of: attempts) == [pods[0], pods[1], pods[0], pods[1]])
    }

    @Test("Services do not share with each other", arguments: IPFamily.allCases)
    func services(family: IPFamily) {
        let node = TracedNode(family)
        let attempts = [25, 26, 25, 26].map {
            Attempt(
                transport: .tcp, source: node.places.localPod(4),
                destination: node.places.clusterIP($0), port: 80)
        }
        let pods = node.services.pods
        #expect(ends(node, of: attempts) == [pods[0], pods[1], pods[0], pods[1]])
    }

    @Test(
        "a frontend that the endpoint does not serve gets another, and the memory stays",
        arguments: IPFamily.allCases)
    func unserved(family: IPFamily) throws {
        var table = ExampleServices.table()
        let services = ExampleServices(family)
        var entries = try #require(services.entries["sticky-service"])
        for index in entries.indices where entries[index].frontend.transport == .udp {
            entries[index].backends.removeFirst()
            entries[index].localCount -= 1
        }
        _ = table.replace(ExampleServices.identity("sticky-service"), with: entries)
        let node = TracedNode(family, table)
        let client = node.places.localPod(4)
        func attempt(_ transport: TransportProtocol) -> Attempt {
            Attempt(
                transport: transport, source: client, destination: node.places.clusterIP(25),
                port: 80)
        }
        let pods = services.pods
        let datagram = endpoint(pods[2].address, 5353)
        #expect(
            ends(node, of: [attempt(.tcp), attempt(.udp), attempt(.tcp)])
                == [pods[0], datagram, pods[0]])
    }

    @Test(
        "under policy Local a client outside keeps to a local endpoint, one inside to any",
        arguments: IPFamily.allCases)
    func local(family: IPFamily) {
        let node = TracedNode(family)
        let pods = node.services.pods
        let outside = Array(attempts(node, from: node.places.client, at: 26, [.tcp]).dropFirst())
        let inside = node.places.localPod(4)
        let first = [7, 8, 4].map {
            Attempt(
                transport: .tcp, source: node.places.localPod($0),
                destination: node.places.clusterIP(26), port: 80)
        }
        let nodePort = Attempt(
            transport: .tcp, source: inside, destination: node.places.node, port: 30_096)
        #expect(
            ends(node, of: first + [nodePort] + outside + outside)
                == [pods[0], pods[1], pods[2], pods[2], pods[1], pods[1], pods[1], pods[1]])
    }

    @Test(
        "under policy Local a client outside that had another node's endpoint gets a local one",
        arguments: IPFamily.allCases)
    func nowLocal(family: IPFamily) {
        let node = TracedNode(family, ExampleServices.table(opensClusterIPs: true))
        let clusterIP = Attempt(
            transport: .tcp, source: node.places.client,
            destination: node.places.clusterIP(26), port: 80)
        let others = [node.places.localPod(7), node.places.localPod(8)].map {
            Attempt(
                transport: .tcp, source: $0, destination: node.places.clusterIP(26), port: 80)
        }
        let nodePort = Attempt(
            transport: .tcp, source: node.places.client, destination: node.places.node,
            port: 30_096)
        let pods = node.services.pods
        #expect(
            ends(node, of: others + [clusterIP, nodePort, clusterIP])
                == [pods[0], pods[1], pods[2], pods[1], pods[2]])
    }

    @Test("source ranges hold as without affinity", arguments: IPFamily.allCases)
    func ranges(family: IPFamily) {
        let node = TracedNode(family)
        let stranger = Attempt(
            transport: .tcp, source: node.places.otherClient,
            destination: node.places.loadBalancerIP(26), port: 80)
        #expect(ends(node, of: [stranger]) == [nil])
    }

    @Test("an address that fills several slots, or has two ports, has one element")
    func repeated() {
        let services = ExampleServices(.v4)
        var entry = ForwardingEntry(
            Frontend(services.places.clusterIP(25), .tcp, port(80)), label: "default/web",
            backends: services.pods + services.pods + [endpoint(services.pods[0].address, 9090)],
            affinitySeconds: 60, sourceHiding: .byServiceRange)
        entry.affinityService = services.places.clusterIP(25)
        let elements = ForwardingLayout(role: .node).elements(of: entry)
        let places = elements.filter { $0.set.name == "endpoints_by_address" }
        #expect(places.count == 3)
        #expect(Set(places.map(\.element.key)).count == 3)
        #expect(elements.count { $0.set.name == "service_addresses" } == 1)
    }
}

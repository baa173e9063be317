import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("A packet to a balancer's VIP")
struct BalancerTraceTests {
    private let example: ExampleBalancer
    private let table: Table
    private let balancer: IPAddress

    init() throws {
        example = ExampleBalancer(.v4)
        let id = TableID(.ip, "sluice-balancer")
        table = try #require(ExampleBalancer.table().ruleset.tables[id])
        balancer = address("192.168.50.200")
    }

    /// The ends of so many connections, the kernel picking slot 0, 1, … in turn.
    private func ends(
        of source: IPAddress, to number: Int, _ origin: PacketWalk.Origin = .network
    ) -> [PacketOutcome] {
        (0..<2 as Range<UInt32>).map { slot in
            var walk = PacketWalk(
                through: table, localAddresses: [balancer, example.places.loadBalancerIP(number)]
            ) { min(slot, $0 - 1) }
            let packet = Packet(
                .tcp, from: endpoint(source, 40_000),
                to: endpoint(example.places.loadBalancerIP(number), 80))
            return walk.walk(packet, from: origin).outcome
        }
    }

    @Test("goes to every node's port, masqueraded, also from the balancer itself")
    func nodes() {
        let expected = example.nodes(30_080).map {
            PacketOutcome.delivered(to: $0, isMasqueraded: true)
        }
        #expect(ends(of: example.places.client, to: 10) == expected)
        #expect(ends(of: balancer, to: 10, .thisHost) == expected)
    }

    @Test("is refused at once when no node serves")
    func empty() {
        #expect(ends(of: example.places.client, to: 12)[0] == .refused(.tcpReset))
    }

    @Test("is dropped outside the source ranges")
    func ranges() {
        let node = example.nodes(30_087)[0]
        #expect(
            ends(of: example.places.client, to: 17)[0]
                == .delivered(to: node, isMasqueraded: true))
        #expect(ends(of: example.places.otherClient, to: 17)[0] == .dropped)
    }

    @Test("leaves other packets, such as health checks, alone")
    func healthChecks() {
        var walk = PacketWalk(through: table, localAddresses: [balancer]) { _ in 0 }
        let node = endpoint(example.places.node, 10_256)
        let check = Packet(.tcp, from: endpoint(balancer, 40_000), to: node)
        let fate = walk.walk(check, from: .thisHost)
        #expect(fate.outcome == .delivered(to: node, isMasqueraded: false))
    }

    /// What becomes of a node's refusal of a SYN that went to this VIP.
    private func refusal(of number: Int, by backend: SocketEndpoint) -> PacketOutcome {
        var walk = PacketWalk(through: table, localAddresses: [balancer]) { _ in 0 }
        let vip = endpoint(example.places.loadBalancerIP(number), 80)
        return walk.walk(
            Packet(refusalBy: backend, to: endpoint(balancer, 40_000), ofFrontend: vip),
            from: .network
        ).outcome
    }

    @Test("keeps a node's refusal from the client while there is another node")
    func heldRefusal() {
        #expect(refusal(of: 13, by: example.nodes(30_083)[0]) == .dropped)
    }

    @Test("lets the refusal of the only node pass, and of all where they are not held")
    func toldRefusal() {
        for (number, port) in [(14, 30_084), (10, 30_080)] as [(Int, UInt16)] {
            #expect(refusal(of: number, by: example.nodes(port)[0]) != .dropped)
        }
    }
}

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
}

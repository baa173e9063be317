import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("A balancer's protection")
struct ProtectionTraceTests {
    private let example = ExampleBalancer(.v4)
    private let id = TableID(.ip, "sluice-balancer")

    private func walk() throws -> PacketWalk {
        PacketWalk(
            through: try #require(ExampleBalancer.table().ruleset.tables[id]),
            localAddresses: [address("192.168.50.200")]
        ) { _ in 0 }
    }

    /// Whether a new connection from here to this VIP reaches a node.
    private func isServed(
        _ source: IPAddress, _ number: Int, _ walk: inout PacketWalk
    ) -> Bool {
        let packet = Packet(
            .tcp, from: endpoint(source, 40_000),
            to: endpoint(example.places.loadBalancerIP(number), 80))
        if case .delivered = walk.walk(packet, from: .network).outcome { return true }
        return false
    }

    @Test("lets a client's burst pass and not more, and counts each client for itself")
    func rate() throws {
        var walk = try walk()
        let ends = (0..<3).map { _ in isServed(example.places.client, 18, &walk) }
        #expect(ends == [true, true, false])
        #expect(isServed(example.places.otherClient, 18, &walk))
    }

    @Test("bounds the connections of a frontend, whoever has them")
    func limit() throws {
        var walk = try walk()
        let clients = (1...4).compactMap { IPAddress("203.0.113.\($0)") }
        #expect(clients.map { isServed($0, 18, &walk) } == [true, true, true, false])
    }

    @Test("does not count who is not allowed in any case")
    func strangers() throws {
        var walk = try walk()
        for _ in 0..<9 { #expect(!isServed(example.places.otherClient, 19, &walk)) }
        #expect(isServed(example.places.client, 19, &walk))
    }

    @Test("leaves a frontend without bounds alone")
    func unbounded() throws {
        var walk = try walk()
        for _ in 0..<20 { #expect(isServed(example.places.client, 10, &walk)) }
    }

    @Test("is made of one chain for equal bounds, which goes with its sets")
    func sharing() throws {
        var table = ForwardingTable(layout: ForwardingLayout(role: .balancer))
        let empty = table.ruleset
        func entry(_ number: Int, _ limit: Int) -> ForwardingEntry {
            ForwardingEntry(
                Frontend(example.places.loadBalancerIP(number), .tcp, port(80)), label: "web",
                backends: example.nodes(30_080), sourceHiding: .everyClient,
                protection: Protection(connectionLimit: limit))
        }
        let name = ExampleServices.identity("web")
        var kernel = empty
        kernel.apply(table.replace(name, with: [entry(1, 5), entry(2, 5)]).changes)
        let guards = kernel.tables[id]?.chains.keys.filter { $0.hasPrefix("guard_") }
        #expect(guards == ["guard_limit_5"])
        kernel.apply(table.replace(name, with: [entry(1, 5), entry(2, 6)]).changes)
        #expect(kernel == table.ruleset)
        #expect(kernel.tables[id]?.sets["connections_of_guard_limit_6"] != nil)
        kernel.apply(table.replace(name, with: []).changes)
        kernel.apply(table.sweepIdleChains())
        #expect(kernel == empty)
    }

    @Test("is legal in the kernel's eyes")
    func legality() {
        for table in ExampleBalancer.table().ruleset.tables.values {
            #expect(table.faults().isEmpty)
        }
    }
}

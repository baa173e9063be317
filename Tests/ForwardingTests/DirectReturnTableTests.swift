import Addressing
import Fixtures
import Forwarding
import Ruleset
import ServiceModel
import Support
import Testing

@Suite("The tables of Services whose nodes get packets as they are")
struct DirectReturnTableTests {
    private static let nodes = (1...3).map { address("192.168.50.\($0)") }

    private func table() -> ForwardingTable {
        var layout = ForwardingLayout(role: .balancer)
        layout.directReturn = DirectReturnLayout(device: "eth0", slotCount: 251)
        return ForwardingTable(layout: layout)
    }

    private func service(_ number: Int) -> ServiceIdentity {
        ServiceIdentity(namespace: "default", name: "web\(number)")
    }

    private func entry(
        _ number: Int, serving: [IPAddress] = Self.nodes,
        _ grouping: DirectReturn.Grouping = .connection, port number2: UInt16 = 80
    ) -> ForwardingEntry {
        let place = endpoint(address("198.51.100.\(number)"), number2)
        var entry = ForwardingEntry(
            Frontend(place.address, .tcp, place.port), label: "default/web\(number):http",
            backends: [], sourceHiding: .byServiceRange)
        entry.directReturn = DirectReturn(
            grouping, members: Self.nodes, shares: serving.map { DirectReturn.Share($0) })
        return entry
    }

    private func fate(_ table: ForwardingTable, from port: UInt16, to number: Int) throws
        -> PacketFate
    {
        let id = DirectReturnLayout.table(.v4)
        var walk = PacketWalk(
            through: try #require(table.ruleset.tables[id]), localAddresses: []
        ) { _ in 0 }
        return walk.walk(
            Packet(
                .tcp, from: endpoint(address("203.0.113.10"), port),
                to: endpoint(address("198.51.100.\(number)"), 80)), from: .network)
    }

    @Test("hand packets to all nodes, those of a connection to one; others pass")
    func packets() throws {
        var table = table()
        _ = table.replace(service(1), with: [entry(1)])
        var ends: Set<PacketOutcome> = []
        for port in 40_000..<40_200 as Range<UInt16> {
            let end = try fate(table, from: port, to: 1).outcome
            #expect(try fate(table, from: port, to: 1).outcome == end)
            ends.insert(end)
        }
        #expect(ends == Set(Self.nodes.map { .forwarded(to: $0) }))
        #expect(try fate(table, from: 40_000, to: 9).outcome != .forwarded(to: Self.nodes[0]))
    }

    @Test("hand all packets of a client to one node where that is asked for")
    func clients() throws {
        var table = table()
        _ = table.replace(service(1), with: [entry(1, .client)])
        let ends = try (40_000..<40_050 as Range<UInt16>).map {
            try fate(table, from: $0, to: 1).outcome
        }
        #expect(Set(ends).count == 1)
    }

    @Test("refuse in the family's own table, so also when no node is left")
    func refusal() throws {
        var table = table()
        _ = table.replace(service(1), with: [entry(1, serving: [])])
        let own = try #require(table.ruleset.tables[TableID(.ip, "sluice-balancer")])
        var walk = PacketWalk(through: own, localAddresses: []) { _ in 0 }
        let packet = Packet(
            .tcp, from: endpoint(address("203.0.113.10"), 40_000),
            to: endpoint(address("198.51.100.1"), 80))
        #expect(walk.walk(packet, from: .network).outcome == .refused(.tcpReset))
        #expect(table.ruleset.tables[DirectReturnLayout.table(.v4)] == nil)
    }

    @Test("change their dead node's slots once, however many Services there are")
    func sharedGroup() {
        var table = table()
        let count = 200
        _ = table.replace((1...count).map { (service($0), [entry($0)]) })
        let alive = Array(Self.nodes.dropLast())
        let death = table.replace((1...count).map { (service($0), [entry($0, serving: alive)]) })
        let changed = death.changes.reduce(into: 0) { sum, change in
            if case .addElements(_, _, let elements) = change { sum += elements.count }
        }
        #expect((251 / 3 - 1...251 / 3 + 1).contains(changed))
        #expect(death.changes.allSatisfy { $0.table == DirectReturnLayout.table(.v4) })
    }

    @Test("are there only while a Service needs them")
    func comeAndGo() {
        var table = table()
        var kernel = table.ruleset
        let empty = kernel
        #expect(Set(kernel.tables.keys.map(\.family)) == [.ip, .ip6])
        kernel.apply(table.replace(service(1), with: [entry(1)]).changes)
        #expect(kernel.tables[DirectReturnLayout.table(.v4)] != nil)
        #expect(kernel.tables[DirectReturnLayout.table(.v6)] == nil)
        kernel.apply(table.replace(service(1), with: []).changes)
        #expect(kernel == empty)
    }

    @Test(
        "the kernel is told all that is planned, and what it refuses is taken back",
        arguments: 0..<30 as Range<UInt64>)
    func kernelFollows(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var table = table()
        var kernel = table.ruleset
        for _ in 0..<40 {
            let updates = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                let number = Int.random(in: 1...6, using: &random)
                let entries = (80..<UInt16.random(in: 80...82, using: &random)).map { port in
                    entry(
                        number, serving: Self.nodes.filter { _ in random.chance(60) },
                        random.chance(50) ? .client : .connection, port: port)
                }
                return (service: service(number), entries: entries)
            }
            let before = table.ruleset
            let replacement = table.replace(updates)
            if random.chance(20) {
                table.revert(replacement)
                #expect(table.ruleset == before)
            } else {
                kernel.apply(replacement.changes)
            }
            #expect(kernel == table.ruleset)
            #expect(table.ruleset.tables.values.flatMap { $0.faults() }.isEmpty)
        }
    }

    @Test("a table that is filled at once is one that grew, but for the groups' numbers")
    func filled() {
        var grown = table()
        _ = grown.replace(service(1), with: [entry(1)])
        var filled = table()
        _ = filled.fill(with: [(service(1), [entry(1)])])
        #expect(filled.ruleset == grown.ruleset)
    }
}

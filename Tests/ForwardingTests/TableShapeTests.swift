import Addressing
import Fixtures
import Forwarding
import Ruleset
import ServiceModel
import Testing

@Suite("The shape of the tables")
struct TableShapeTests {
    /// A node with so many Services of ten endpoints each.
    private func node(services count: Int) -> ForwardingTable {
        var table = ForwardingTable(
            layout: ForwardingLayout(role: .node), surroundings: .example)
        let places = ExamplePlaces(.v4)
        let pods = (1...10).map { endpoint(places.localPod($0), 8080) }
        for number in 0..<count {
            let ip = address("10.97.\(number / 256).\(number % 256)")
            let entry = ForwardingEntry(
                Frontend(ip, .tcp, port(80)), label: "default/s\(number)", backends: pods,
                localCount: 10, sourceHiding: .byServiceRange)
            _ = table.replace(ExampleServices.identity("s\(number)"), with: [entry])
        }
        return table
    }

    @Test("the number of chains does not depend on the number of Services")
    func chainCount() {
        let few = node(services: 10).ruleset.tables.mapValues(\.chains.count)
        let many = node(services: 1000).ruleset
        #expect(many.tables.mapValues(\.chains.count) == few)
        let services = many.tables[TableID(.ip, "sluice")]?.sets["services"]
        #expect(services?.elements.count == 1000)
    }

    @Test("the kernel would take each of them", arguments: IPFamily.allCases)
    func valid(family: IPFamily) {
        for ruleset in [ExampleServices.table().ruleset, ExampleBalancer.table().ruleset] {
            #expect(ruleset.tables.count == 2)
            for table in ruleset.tables.values { #expect(table.faults().isEmpty) }
        }
    }

    @Test(
        "no key needs more registers than there are, in either family",
        arguments: TableFamily.allCases)
    func registers(family: TableFamily) throws {
        let table = ExampleServices.table().ruleset.tables[TableID(family, "sluice")]
        for set in try #require(table).sets.values {
            let registers = set.declaration.key.map { ($0.byteCount(in: family) + 3) / 4 }
            #expect(registers.reduce(0, +) <= ElementData.maximumRegisters)
        }
    }

    @Test("counters can be switched off")
    func counters() {
        func counting(_ table: ForwardingTable) -> [String] {
            table.ruleset.tables[TableID(.ip, "sluice")]?.sets.values.map(\.declaration)
                .filter(\.hasCounter).map(\.name).sorted() ?? []
        }
        let expected = ["endpoints", "from_outside", "services"]
        #expect(counting(ExampleServices.table()) == expected)
        #expect(counting(ExampleServices.table(hasCounters: false)).isEmpty)
    }

    @Test("a change of the surroundings changes only what differs, and overlaps are merged")
    func surroundings() {
        var table = ExampleServices.table()
        var kernel = table.ruleset
        var wider = Surroundings.example
        wider.cluster.append(block("10.244.7.0/24"))
        #expect(table.replaceSurroundings(with: wider).isEmpty)
        wider.cluster = [block("0.0.0.0/0"), block("fd44::/48"), block("fd50::/64")]
        let changes = table.replaceSurroundings(with: wider)
        kernel.apply(changes)
        #expect(kernel == table.ruleset)
        #expect(changes.map(\.table) == [TableID(.ip, "sluice"), TableID(.ip, "sluice")])
        #expect(table.replaceSurroundings(with: wider).isEmpty)
    }

    @Test("isolation is off where everyone belongs to the cluster", arguments: IPFamily.allCases)
    func noIsolation(family: IPFamily) {
        var table = ExampleServices.table()
        var open = Surroundings.example
        open.cluster = [block("0.0.0.0/0"), block("::/0")]
        _ = table.replaceSurroundings(with: open)
        let node = TracedNode(family, table)
        let ends = node.connections(from: .client, to: node.places.clusterIP(10))
        #expect(ends == .reach(node.services.pods, masqueraded: true))
    }
}

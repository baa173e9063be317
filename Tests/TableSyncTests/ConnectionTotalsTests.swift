import Addressing
import Forwarding
import Ruleset
import Support
import Testing

@testable import TableSync

@Suite("New connections, summed up over readings")
struct ConnectionTotalsTests {
    /// The elements of a Service with these pods, by set.
    private func elements(_ pods: [Int]) -> [(SetDeclaration, [Element])] {
        var table = ForwardingTable(layout: ForwardingLayout(role: .node))
        _ = table.replace(identity("web"), with: [clusterIP(10, to: pods)])
        return (table.ruleset.tables[TableID(.ip, "sluice")]?.sets.values ?? [:].values)
            .filter { $0.declaration.hasCounter }
            .map { ($0.declaration, $0.elements.values.sorted { $0.key < $1.key }) }
    }

    /// One reading: frontends counted so many, and each backend a number of its own.
    private func read(
        _ totals: inout ConnectionTotals, _ pods: [Int], frontend: UInt64, backends: [UInt64]
    ) {
        for (set, elements) in elements(pods) {
            for (place, element) in elements.enumerated() {
                let count = set.value == .verdict ? frontend : backends[place]
                totals.add(element, count, of: set, .ip)
            }
        }
        totals.endRound()
    }

    private func backends(_ totals: ConnectionTotals) -> [String: UInt64] {
        Dictionary(
            uniqueKeysWithValues: totals.backends.map { ("\($0.key.socket.address)", $0.value) })
    }

    @Test("what the kernel counted is told, with the Service that it is about")
    func told() {
        var totals = ConnectionTotals()
        read(&totals, [2, 3], frontend: 7, backends: [3, 4])
        #expect(totals.frontends.values.map(\.connections) == [7])
        #expect(totals.frontends.values.map(\.label) == ["default/web10"])
        #expect(backends(totals) == ["10.244.1.2": 3, "10.244.1.3": 4])
    }

    @Test("totals do not fall when a counter starts anew, and a moved backend keeps its own")
    func neverFalls() {
        var totals = ConnectionTotals()
        read(&totals, [2, 3], frontend: 7, backends: [3, 4])
        // One pod less: the frontend's element and the first slot are new ones.
        read(&totals, [3], frontend: 10, backends: [9])
        #expect(totals.frontends.values.map(\.connections) == [17])
        #expect(backends(totals)["10.244.1.3"] == 13)
        read(&totals, [3], frontend: 12, backends: [2])
        #expect(totals.frontends.values.map(\.connections) == [19])
        #expect(backends(totals)["10.244.1.3"] == 15)
    }

    @Test("an element that one reading missed is kept, one that two missed is gone")
    func missed() {
        var totals = ConnectionTotals()
        read(&totals, [2, 3], frontend: 7, backends: [3, 4])
        totals.endRound()
        #expect(totals.frontends.count == 1)
        #expect(totals.backends.count == 2)
        totals.endRound()
        #expect(totals.frontends.isEmpty)
        #expect(totals.backends.isEmpty)
    }

    @Test("an element that is listed twice counts once")
    func twice() {
        var totals = ConnectionTotals()
        for _ in 0..<2 {
            for (set, elements) in elements([2]) {
                for element in elements { totals.add(element, 5, of: set, .ip) }
            }
        }
        #expect(totals.frontends.values.map(\.connections) == [5])
        #expect(totals.backends.values.map { $0 } == [5])
    }
}

@Suite("Connections that the kernel counts")
struct ConnectionCounterTests {
    @Test(
        "each connection counts once for its frontend and its backend", arguments: IPFamily.allCases
    )
    func counted(family: IPFamily) async throws {
        let lab = try FlowLab()
        let pods = [2, 3].map { labPod($0, family) }
        let frontend = LabFrontend.nodePort
        try await lab.start([frontend.entry(.udp, to: pods, family)])
        let counter = try ConnectionCounter(
            layout: ForwardingLayout(role: .node), inNamespace: lab.node.name)
        _ = try await counter.read(backendCount: 2)
        // All stay open, so that each has a port of its own.
        let clients = try (0..<20).map { _ in try LabSocket(.udp, family, in: lab.client) }
        for client in clients {
            client.connect(to: frontend.socket(family))
            client.send()
            client.send()
        }
        let totals = try await counter.read(backendCount: 2)
        withExtendedLifetime(clients) {}
        #expect(totals.frontends.values.map(\.connections) == [20])
        #expect(totals.frontends.values.map(\.label) == ["default/web"])
        #expect(totals.backends.values.reduce(0, +) == 20)
        #expect(Set(totals.backends.keys.map(\.socket)) == Set(pods))

        let tooMany = try await counter.read(
            backendCount: ConnectionCounter.maximumBackends + 1)
        #expect(tooMany.frontends.count == 1)
    }
}

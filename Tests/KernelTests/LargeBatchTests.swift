import Addressing
import Netfilter
import Ruleset
import Support
import Testing

/// Batches of many messages, and listings of many datagrams.
@Suite("Large batches")
struct LargeBatchTests {
    private let id = TableID(.ip, "sluice")
    private let services = SetDeclaration(
        "services", key: DataPlane.frontend, value: .verdict, hasCounter: true)
    private let endpoints = SetDeclaration(
        "endpoints", key: DataPlane.slot, value: .data(DataPlane.backend), hasCounter: true)

    private func table(services count: Int, endpointsEach: Int) -> Table {
        let frontends = (0..<count).map { ElementData(.ip, $0, .tcp, 80) }
        return Table(
            id, chains: [Chain("random")],
            sets: [
                ElementSet(
                    services,
                    elements: frontends.enumerated().map {
                        Element(
                            $1, value: .verdict(.goto("random")), comment: "default/service-\($0)")
                    }),
                ElementSet(
                    endpoints,
                    elements: frontends.enumerated().flatMap { number, frontend in
                        (0..<endpointsEach).map {
                            Element(
                                frontend.with(slot: $0),
                                value: .data(ElementData(.ip, number + $0, port: 8080)))
                        }
                    }),
            ])
    }

    @Test("10,000 services of 10 endpoints are one transaction, and read back at once")
    func tenThousandServices() throws {
        var kernel = try Kernel()
        let plan = table(services: 10_000, endpointsEach: 10)
        let changes = Ruleset().changes(to: Ruleset([plan]))
        let before = try kernel.socket.generation()
        let clock = ContinuousClock()
        let committing = try clock.measure { try kernel.socket.commit(changes) }
        #expect(try kernel.socket.generation() == before + 1)
        // At once, while the kernel's hash tables still grow behind the commit's back.
        var found = Ruleset()
        let reading = try clock.measure { found = try kernel.tables() }
        #expect(found == Ruleset([plan]))
        print("110,000 elements: committed in \(committing), read in \(reading)")
        #expect(committing < .seconds(20) && reading < .seconds(20))
    }

    @Test("a refused element deep in a large batch is named, and nothing of it stays")
    func refusedDeep() throws {
        var kernel = try Kernel()
        let plan = table(services: 2000, endpointsEach: 10)
        let elements = (0..<20_000).map { number in
            Element(
                ElementData(.ip, number / 10, .tcp, 80).with(slot: number % 10),
                value: .data(ElementData(.ip, number, port: 8080)))
        }
        let twice = elements + [elements[19_000]]
        let error = try kernel.refusal(of: [
            .createTable(id, flags: [], comment: nil), .createSet(id, endpoints),
            .addElements(id, endpoints, twice),
        ])
        #expect(error?.isAlreadyThere == true)
        #expect(error?.changeIndex == 2)
        #expect(error?.elementIndex == 20_000)
        #expect(try kernel.tables() == Ruleset())
        // The socket and its memory are as good as new.
        try kernel.load(plan)
        #expect(try kernel.tables() == Ruleset([plan]))
    }

    @Test("thousands of refusals in one batch still name the first")
    func manyRefusals() throws {
        var kernel = try Kernel()
        try kernel.socket.commit([
            .createTable(id, flags: [], comment: nil), .createSet(id, endpoints),
        ])
        let changes = (0..<20_000).map {
            RulesetChange.removeElements(
                id, endpoints, [Element(ElementData(.ip, $0, .tcp, 80).with(slot: 0))])
        }
        let error = try kernel.refusal(of: changes)
        #expect(error?.isNotFound == true)
        #expect(error?.changeIndex == 0)
        #expect(error?.elementIndex == 0)
        try kernel.socket.commit([.deleteTable(id)])
    }
}

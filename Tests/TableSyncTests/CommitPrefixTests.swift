import Addressing
import Fixtures
import Forwarding
import Netfilter
import Ruleset
import Testing

@testable import TableSync

@Suite("What packets meet while the tables are filled")
struct CommitPrefixTests {
    private struct Way {
        let source: IPAddress
        let origin: PacketWalk.Origin
    }

    private func ways(_ places: ExamplePlaces) -> [Way] {
        [
            Way(source: places.localPod(4), origin: .network),
            Way(source: places.node, origin: .thisHost),
            Way(source: places.otherNode, origin: .network),
            Way(source: places.client, origin: .network),
        ]
    }

    private func outcome(
        _ way: Way, to frontend: Frontend, in table: Table, _ places: ExamplePlaces
    ) -> PacketOutcome {
        var walk = PacketWalk(through: table, localAddresses: [places.node]) { _ in 0 }
        let packet = Packet(
            frontend.transport, from: endpoint(way.source, 40_000), to: frontend.socket)
        return walk.walk(packet, from: way.origin).outcome
    }

    /// What fills the tables where there are none.
    private func fillings(of limit: Int) throws -> [[RulesetChange]] {
        var transactions: [[RulesetChange]] = []
        var filling = TableFilling(ExampleServices.table(), limit: limit)
        try filling.fill(IPFamily.allCases) { transaction throws(NetfilterError) in
            transactions.append(transaction)
            return limit
        }
        return transactions
    }

    @Test(
        "each frontend does what it will do, or is not there yet: nobody is refused for that",
        arguments: IPFamily.allCases,
        [(4, 1.0), (7, 1.0), (50, 1.0), (4, 0.3), (4, 0.8), (50, 0.5)])
    func prefixes(family: IPFamily, way: (limit: Int, cutOffAfter: Double)) throws {
        let limit = way.limit
        let example = ExampleServices(family)
        let places = example.places
        let id = TableID(TableFamily(family), "sluice")
        let whole = ExampleServices.table().ruleset
        let last = try #require(whole.tables[id])
        let frontends = example.entries.values.joined().map(\.frontend)
        var ruleset = Ruleset()
        // A start that was cut off is completed by the next.
        let fillings = try fillings(of: limit)
        let first = fillings.prefix(Int(Double(fillings.count) * way.cutOffAfter))
        var found = Ruleset()
        for transaction in first { found.apply(transaction) }
        let transactions =
            first + CommitPlan.transactions(for: found.changes(to: whole), of: limit)
        #expect(transactions.count > 10)
        for transaction in transactions {
            ruleset.apply(transaction)
            guard let table = ruleset.tables[id] else { continue }
            for frontend in frontends {
                let isInRange = places.surroundings.serviceRanges.contains {
                    $0.contains(frontend.address)
                }
                for way in ways(places) {
                    let now = outcome(way, to: frontend, in: table, places)
                    let absent: PacketOutcome =
                        isInRange
                        ? .dropped : .delivered(to: frontend.socket, isMasqueraded: false)
                    let then = outcome(way, to: frontend, in: last, places)
                    #expect(
                        now == then || now == absent,
                        "\(way) to \(frontend): \(now) instead of \(then)")
                }
            }
        }
        #expect(ruleset == whole)
    }
}

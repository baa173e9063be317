import Addressing
import Fixtures
import Forwarding
import Glibc
import Netfilter
import Ruleset
import ServiceModel
import Support
import TableSync
import Testing

@Suite("What others change of our tables")
struct ForeignEditTests {
    private let web = [identity("web"): [clusterIP(10, to: [2, 3])]]
    private let both: TableFlags = [.owner, .persist]

    /// Edits of plain tables, and how many changes repair them at the least.
    private static let edits: [(command: String, repairs: Int)] = [
        ("delete element ip sluice services { 10.96.0.10 . tcp . 80 }", 1),
        ("add element ip sluice services { 10.96.0.99 . tcp . 80 : drop }", 1),
        ("flush map ip sluice endpoints", 2),
        ("add chain ip sluice foreign; add rule ip sluice foreign drop", 2),
        ("insert rule ip sluice prerouting drop", 1),
        ("add set ip sluice foreign { type ipv4_addr; }", 1),
        ("flush chain ip6 sluice service", 3),
        ("delete table ip sluice", 10),
        ("flush ruleset", 20),
    ]

    @Test("a plain table is repaired, and how much it took is said", arguments: edits)
    func repaired(edit: (command: String, repairs: Int)) async throws {
        let host = try Host()
        try await host.start(web)
        #expect(try await host.writer.compare() == nil)
        try host.namespace.nft("-f", "-", input: edit.command)
        #expect(try await !host.writer.difference().isEmpty)

        let comparison = try #require(try await host.writer.compare())
        #expect(comparison.repairCount >= edit.repairs)
        #expect(comparison.transactions.count == 1)
        #expect(try host.kernel() == host.plan(web))
        #expect(try await host.writer.compare() == nil)
    }

    @Test("a foreign element in the way of a Service is replaced by the Service's own")
    func inTheWay() async throws {
        let host = try Host()
        try await host.start(web)
        try host.namespace.nft(
            "add", "element", "ip", "sluice", "services", "{ 10.96.0.11 . tcp . 80 : drop }")
        let update = [clusterIP(11, to: [4])]
        let report = try await host.writer.write([
            (identity("other"), update), (identity("web"), [clusterIP(10, to: [2])]),
        ])
        #expect(report.hasRepaired)
        #expect(report.refused.isEmpty)
        #expect(await host.writer.entries(of: identity("other")) == update)
        #expect(try await host.writer.difference().isEmpty)
    }

    @Test("a Service can go although somebody has taken its elements already")
    func goneAlready() async throws {
        let host = try Host()
        try await host.start(web)
        try host.namespace.nft("flush", "ruleset")
        let report = try await host.writer.write([(identity("web"), [])])
        #expect(report.hasRepaired)
        #expect(report.refused.isEmpty)
        #expect(try host.kernel().tables.values.map(\.sets.count) == [16, 16])
        _ = try await host.writer.sweepIdleChains()
        #expect(try host.kernel() == host.plan())
    }

    @Test("surroundings can change although somebody has taken them away")
    func surroundings() async throws {
        let host = try Host()
        try await host.start(web)
        try host.namespace.nft("flush", "set", "ip", "sluice", "pods")
        let report = try await host.writer.write(Surroundings())
        #expect(report.hasRepaired)
        #expect(try await host.writer.difference().isEmpty)
    }

    @Test("a commit elsewhere in the ruleset makes a comparison, which finds nothing")
    func elsewhere() async throws {
        let host = try Host()
        try await host.start(web)
        try host.namespace.nft("add", "table", "ip", "foreign")
        #expect(try await host.writer.compare()?.repairCount == 0)
        #expect(try await host.writer.compare() == nil)
        #expect(try await host.writer.compare(always: true)?.repairCount == 0)
        #expect(try host.namespace.nft("list", "tables").contains("table ip foreign"))
    }

    @Test("a foreign commit is noticed although our own follow it")
    func followed() async throws {
        let host = try Host()
        try await host.start(web)
        try host.namespace.nft("flush", "set", "ip", "sluice", "hairpin")
        _ = try await host.writer.write([(identity("other"), [clusterIP(11, to: [4])])])
        _ = try await host.writer.write([(identity("third"), [clusterIP(12, to: [4])])])
        #expect(try await host.writer.compare()?.repairCount == 2)
        #expect(try await host.writer.difference().isEmpty)
        #expect(try await host.writer.compare() == nil)
    }

    @Test("our own commits, in any number, make no comparison")
    func own() async throws {
        let host = try Host()
        try await host.start(web)
        for number in 20..<25 {
            _ = try await host.writer.write([
                (identity("web\(number)"), [clusterIP(number, to: [2])])
            ])
        }
        #expect(try await host.writer.compare() == nil)
    }

    @Test("owned tables stay through a flush of the ruleset, and there is nothing to repair")
    func owned() async throws {
        guard try Host.ownershipIsSupported() else { return }
        let host = try Host(flags: both)
        try await host.start(web)
        try host.namespace.nft("add", "table", "ip", "foreign")
        try host.namespace.nft("flush", "ruleset")
        #expect(try !host.namespace.nft("list", "tables").contains("foreign"))
        #expect(try host.kernel() == host.plan(web))
        #expect(throws: CommandFailure.self) {
            try host.namespace.nft("flush", "map", "ip", "sluice", "endpoints")
        }
        #expect(try await host.writer.difference().isEmpty)
        #expect(try await host.writer.compare()?.repairCount == 0)
        #expect(try await host.writer.compare() == nil)
    }
}

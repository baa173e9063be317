import Addressing
import Fixtures
import Forwarding
import Netfilter
import Ruleset
import ServiceModel
import Support
import TableSync
import Testing

@Suite("Reading the tables back in pieces")
struct TableSweepTests {
    /// What came of each piece, with the plan as it is now.
    private func read(_ host: Host, _ sweep: TableSweep) async throws -> [TableSweep.Outcome] {
        let plan = try #require(await host.writer.plan())
        await sweep.take(plan.table, generation: plan.generation)
        var outcomes: [TableSweep.Outcome] = []
        for place in 0..<(await sweep.pieceCount) { outcomes.append(try await sweep.read(place)) }
        return outcomes
    }

    private let services = [
        identity("web"): [clusterIP(10, to: [2, 3])],
        identity("dns"): [clusterIP(11, to: [4], .v6, .udp, affinity: 60)],
    ]

    @Test("all pieces of tables that were just written match", arguments: [TableFlags(), .owned])
    func matches(flags: TableFlags) async throws {
        guard try flags.isEmpty || Host.ownershipIsSupported() else { return }
        let host = try Host(flags: flags)
        try await host.start(services)
        let sweep = try TableSweep(inNamespace: host.namespace.name)
        let outcomes = try await read(host, sweep)
        // Of each family the frame and all sets but the two that the kernel fills.
        #expect(outcomes == Array(repeating: .matches, count: 2 * 15))
    }

    @Test("equal tables have equal digests, others do not")
    func digests() async throws {
        let host = try Host()
        try await host.start(services)
        let sweep = try TableSweep(inNamespace: host.namespace.name)
        _ = try await read(host, sweep)
        let first = await sweep.digest
        #expect(first.count == 16)
        let other = try Host()
        try await other.start(services)
        let otherSweep = try TableSweep(inNamespace: other.namespace.name)
        _ = try await read(other, otherSweep)
        #expect(await otherSweep.digest == first)
        _ = try await host.writer.write([(identity("web"), [clusterIP(10, to: [3, 2])])])
        _ = try await read(host, sweep)
        #expect(await sweep.digest != first)
    }

    @Test(
        "a piece that somebody changed differs, and no other",
        arguments: [
            "delete element ip sluice services { 10.96.0.10 . tcp . 80 }",
            "add element ip sluice hairpin { 10.0.0.1 . 10.0.0.1 }",
            "add element ip sluice pods { 10.1.0.0/16 }",
            "insert rule ip sluice prerouting drop",
            "add set ip sluice foreign { type ipv4_addr; }",
            "add chain ip sluice foreign",
        ])
    func differs(command: String) async throws {
        let host = try Host()
        try await host.start(services)
        let sweep = try TableSweep(inNamespace: host.namespace.name)
        let plan = try #require(await host.writer.plan())
        try host.namespace.nft("-f", "-", input: command)
        // As if the change had not been noticed.
        await sweep.take(plan.table, generation: try host.generation())
        var outcomes: [TableSweep.Outcome] = []
        for place in 0..<(await sweep.pieceCount) { outcomes.append(try await sweep.read(place)) }
        #expect(outcomes.count { $0 == .differs } == 1)
        #expect(outcomes.count { $0 == .matches } == 29)
    }

    @Test(
        "of sets that are too large to list the elements are asked for, and their number compared",
        arguments: [
            "": 0, "delete element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 1 }": 2,
            "add element ip sluice services { 10.96.0.99 . tcp . 80 : drop }": 1,
            """
            delete element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 1 }
            add element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 1 : 10.0.0.1 . 80 }
            """: 1,
        ])
    func asked(command: String, differences: Int) async throws {
        let host = try Host()
        try await host.start(services)
        let sweep = try TableSweep(inNamespace: host.namespace.name, askedElements: 1)
        try host.namespace.nft("-f", "-", input: command)
        let plan = try #require(await host.writer.plan())
        let generation = try host.generation()
        await sweep.take(plan.table, generation: generation)
        var socket = try NetfilterSocket(inNamespace: host.namespace.name)
        let endpoints = try #require(host.layout.tables.first)
        let set = try #require(plan.table.frame(.v4).sets["endpoints"]?.declaration)
        guard try socket.elementCount(of: endpoints, in: set) != nil else { return }
        #expect(await sweep.askedServices == services.keys.sorted())
        var outcomes: [TableSweep.Outcome] = []
        for place in 0..<(await sweep.pieceCount) { outcomes.append(try await sweep.read(place)) }
        for service in await sweep.askedServices {
            outcomes.append(
                try await sweep.read(plan.table.entries(of: service), generation: generation))
        }
        #expect(outcomes.count { $0 == .differs } == differences)
        #expect(!outcomes.contains(.isOvertaken))
        #expect(
            try await sweep.read([clusterIP(10, to: [2])], generation: generation &- 1)
                == .isOvertaken)
    }

    @Test("after any commit since the plan was taken a piece says nothing")
    func overtaken() async throws {
        let host = try Host()
        try await host.start(services)
        let sweep = try TableSweep(inNamespace: host.namespace.name)
        let plan = try #require(await host.writer.plan())
        await sweep.take(plan.table, generation: plan.generation)
        try host.namespace.nft("add", "table", "ip", "foreign")
        #expect(try await sweep.read(0) == .isOvertaken)
        try host.namespace.nft("flush", "ruleset")
        #expect(try await sweep.read(3) == .isOvertaken)
    }

    @Test("a table that is gone differs")
    func gone() async throws {
        let host = try Host()
        try await host.start(services)
        let sweep = try TableSweep(inNamespace: host.namespace.name)
        let plan = try #require(await host.writer.plan())
        try host.namespace.nft("flush", "ruleset")
        await sweep.take(plan.table, generation: try host.generation())
        #expect(try await sweep.read(0) == .differs)
        #expect(try await sweep.read(1) == .differs)
    }

    @Test("a predecessor's tables are known by their rules; others, and none, are not")
    func adopts() async throws {
        let host = try Host()
        #expect(try await !host.writer.holdsTables())
        try await host.start(services)
        let next = try Host(in: host.namespace)
        #expect(try await next.writer.holdsTables())
        try host.namespace.nft("insert", "rule", "ip6", "sluice", "service", "drop")
        #expect(try await !next.writer.holdsTables())
        try host.namespace.nft("flush", "ruleset")
        #expect(try await !next.writer.holdsTables())
    }
}

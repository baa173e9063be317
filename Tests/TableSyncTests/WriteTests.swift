import Addressing
import Fixtures
import Forwarding
import Netfilter
import Ruleset
import ServiceModel
import TableSync
import Testing

@Suite("Writing changes")
struct WriteTests {
    private let web = [clusterIP(10, to: [2, 3])]
    private let other = [clusterIP(11, to: [4]), clusterIP(11, to: [4], .v6)]

    @Test("a Service comes, changes and goes, each time in one transaction")
    func oneService() async throws {
        let host = try Host()
        try await host.start()
        for entries in [web, [clusterIP(10, to: [3])], []] {
            let before = try host.generation()
            let report = try await host.writer.write([(identity("web"), entries)])
            #expect(report.transactions.count == 1)
            #expect(try host.generation() == before + 1)
            #expect(await host.writer.entries(of: identity("web")) == entries)
            #expect(try await host.writer.difference().isEmpty)
        }
    }

    @Test("backends that go are out of the kernel in a transaction before the exact shares")
    func withdrawn() async throws {
        let host = try Host()
        try await host.start([identity("web"): [clusterIP(10, to: [2, 3, 4])]])
        let updates = [(service: identity("web"), entries: [clusterIP(10, to: [2, 4])])]
        let first = try await host.writer.withdraw(updates)
        #expect(first.transactions.count == 1)
        #expect(first.replaced.count == 1)
        let between = [clusterIP(10, to: [2, 4, 4])]
        #expect(await host.writer.entries(of: identity("web")) == between)
        #expect(try host.kernel() == host.plan([identity("web"): between]))
        #expect(try await host.writer.withdraw(updates).transactions.isEmpty)
        _ = try await host.writer.write(updates)
        #expect(await host.writer.entries(of: identity("web")) == updates[0].entries)
        #expect(try await host.writer.difference().isEmpty)
    }

    @Test("several Services of both families are one transaction")
    func severalServices() async throws {
        let host = try Host()
        try await host.start()
        let before = try host.generation()
        let report = try await host.writer.write([
            (identity("web"), web), (identity("other"), other),
        ])
        #expect(report.transactions.count == 1)
        #expect(try host.generation() == before + 1)
        #expect(
            try host.kernel() == host.plan([identity("web"): web, identity("other"): other]))
    }

    @Test("what is there already costs no transaction")
    func unchanged() async throws {
        let host = try Host()
        try await host.start([identity("web"): web])
        let before = try host.generation()
        let report = try await host.writer.write([(identity("web"), web)])
        #expect(report.transactions.isEmpty)
        #expect(report.changeCount == 0)
        #expect(try host.generation() == before)
    }

    @Test("a Service that the kernel refuses keeps its earlier entries, and the others land")
    func refused() async throws {
        let host = try Host()
        try await host.start([identity("bad"): [clusterIP(12, to: [5])]])
        let report = try await host.writer.write([
            (identity("a"), web), (identity("bad"), [refusedEntry(12)]), (identity("z"), other),
        ])
        #expect(Array(report.refused.keys) == [identity("bad")])
        #expect(report.refused[identity("bad")]?.operation == .commit)
        #expect(!report.hasRepaired)
        #expect(await host.writer.entries(of: identity("bad")) == [clusterIP(12, to: [5])])
        #expect(
            try host.kernel()
                == host.plan([
                    identity("a"): web, identity("bad"): [clusterIP(12, to: [5])],
                    identity("z"): other,
                ]))

        let next = try await host.writer.write([(identity("bad"), [clusterIP(12, to: [6])])])
        #expect(next.refused.isEmpty)
        #expect(try await host.writer.difference().isEmpty)
    }

    @Test("a refused Service alone is refused as well, and nothing of it stays")
    func refusedAlone() async throws {
        let host = try Host()
        try await host.start()
        let report = try await host.writer.write([(identity("bad"), [refusedEntry(12)])])
        #expect(Array(report.refused.keys) == [identity("bad")])
        #expect(await host.writer.serviceCount == 0)
        #expect(try host.kernel() == host.plan())
    }

    @Test("a frontend that another Service has waits, and comes when it is free")
    func waits() async throws {
        let host = try Host()
        try await host.start([identity("web"): web])
        let report = try await host.writer.write([(identity("younger"), [clusterIP(10, to: [7])])])
        #expect(report.conflicts.map(\.holder) == [identity("web")])
        #expect(try host.kernel() == host.plan([identity("web"): web]))
        _ = try await host.writer.write([(identity("web"), [])])
        _ = try await host.writer.sweepIdleChains()
        #expect(try host.kernel() == host.plan([identity("younger"): [clusterIP(10, to: [7])]]))
    }

    @Test("a Service that is deleted while it waits does not come back when the frontend is free")
    func deletedWhileWaiting() async throws {
        let host = try Host()
        try await host.start([identity("web"): web])
        _ = try await host.writer.write([(identity("younger"), [clusterIP(10, to: [7])])])
        _ = try await host.writer.write([(identity("younger"), [])])
        _ = try await host.writer.write([(identity("web"), [])])
        #expect(await host.writer.serviceCount == 0)
        _ = try await host.writer.sweepIdleChains()
        #expect(try host.kernel() == host.plan())
    }

    @Test("new surroundings are one transaction that leaves the Services alone")
    func surroundings() async throws {
        let host = try Host()
        try await host.start([identity("web"): web])
        var wider = Surroundings.example
        wider.localPods.append(block("10.244.7.0/24"))
        let before = try host.generation()
        let report = try await host.writer.write(wider)
        #expect(report.changeCount == 1)
        #expect(try host.generation() == before + 1)
        #expect(try await host.writer.difference().isEmpty)
        #expect(try host.kernel() != host.plan([identity("web"): web]))
    }

    @Test("chains that no frontend uses stay until they are swept")
    func idleChains() async throws {
        let host = try Host()
        try await host.start([identity("web"): [clusterIP(10, to: Array(2..<19))]])
        #expect(try await host.writer.sweepIdleChains().changeCount == 0)
        _ = try await host.writer.write([(identity("web"), [clusterIP(10, to: [2])])])
        let table = TableID(.ip, "sluice")
        #expect(try host.kernel().tables[table]?.chains["random_17"] != nil)
        #expect(try await host.writer.sweepIdleChains().changeCount == 2)
        #expect(
            try host.kernel() == host.plan([identity("web"): [clusterIP(10, to: [2])]]))
        #expect(try await host.writer.compare() == nil)
    }
}

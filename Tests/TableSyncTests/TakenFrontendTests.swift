import Addressing
import Fixtures
import Forwarding
import Netfilter
import ServiceModel
import Testing

@testable import TableSync

/// Of two Services that nobody knows the age of, the one whose name comes first has a frontend: it
/// gains, and is named, before the one that loses.
@Suite("Frontends that go from one Service to another")
struct TakenFrontendTests {
    /// The flows that a change leaves, by where their frontend and backend are.
    private func flows(after report: WriteReport) -> Set<FlowFilter> {
        var sweep = FlowSweep()
        for (old, new) in report.replaced { sweep.note(from: old, to: new) }
        return Set(sweep.filters)
    }

    @Test("flows to backends that both have go on, those to others do not")
    func flows() async throws {
        let host = try Host()
        let taken = clusterIP(11, to: [2, 3, 4], .v4, .udp)
        try await host.start([identity("z"): [taken]])
        let report = try await host.writer.write([
            (identity("a"), [clusterIP(11, to: [2, 3], .v4, .udp)])
        ])
        #expect(await host.writer.entries(of: identity("z")) == [])
        let gone = FlowFilter(of: taken.frontend, to: taken.backends[2])
        #expect(flows(after: report) == [gone])
    }

    @Test("two Services that exchange their frontends leave no flow behind")
    func exchange() async throws {
        let host = try Host()
        let first = [clusterIP(11, to: [2], .v4, .udp)]
        let second = [clusterIP(12, to: [2], .v4, .udp)]
        try await host.start([identity("a"): first, identity("z"): second])
        let report = try await host.writer.write([(identity("a"), second), (identity("z"), first)])
        #expect(await host.writer.entries(of: identity("z")) == first)
        #expect(flows(after: report) == [])
    }

    @Test("clients of a backend that both have are kept, those of others let go")
    func clients() async throws {
        let host = try Host()
        try await host.start([identity("z"): [clusterIP(11, to: [2, 3, 4], affinity: 600)]])
        try host.remember([2, 3, 4], .v4, at: 11)
        _ = try await host.writer.write([
            (identity("a"), [clusterIP(11, to: [2, 3], affinity: 600)])
        ])
        #expect(try await host.writer.sweepAffinity(isLast: true) == 1)
        #expect(try host.clients(.v4) == [2, 3])
    }

    @Test("a Service that gets another name keeps the clients of its ports and of all of it")
    func otherName() async throws {
        let host = try Host()
        var shared = clusterIP(12, to: [5], affinity: 600)
        shared.affinityService = shared.frontend.address
        let entries = [clusterIP(11, to: [2], affinity: 600), shared]
        try await host.start([identity("z"): entries])
        _ = try await host.writer.sweepAffinity(isLast: true)
        try host.remember([2], .v4, at: 11)
        try host.remember([5], .v4, at: 12, of: .service)
        _ = try await host.writer.write([(identity("a"), entries), (identity("z"), [])])
        #expect(await host.writer.entries(of: identity("a")) == entries)
        #expect(try await host.writer.sweepAffinity(isLast: true) == 0)
        #expect(try host.clients(.v4) == [2])
        #expect(try host.clients(of: 12, .v4) == [5])
    }

    @Test("a Service that loses one of its frontends keeps the clients of all of it")
    func otherFrontends() async throws {
        let host = try Host()
        let service = ExamplePlaces(.v4).clusterIP(12)
        let entries = [11, 12].map { number in
            var entry = clusterIP(number, to: [5], affinity: 600)
            entry.affinityService = service
            return entry
        }
        try await host.start([identity("z"): entries])
        try host.remember([5], .v4, at: 12, of: .service)
        _ = try await host.writer.write([
            (identity("a"), [clusterIP(11, to: [2], affinity: 600)])
        ])
        #expect(await host.writer.entries(of: identity("z")) == [entries[1]])
        #expect(try await host.writer.sweepAffinity(isLast: true) == 0)
        #expect(try host.clients(of: 12, .v4) == [5])
    }
}

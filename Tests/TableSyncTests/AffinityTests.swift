import Addressing
import Fixtures
import Forwarding
import Ruleset
import ServiceModel
import Support
import TableSync
import Testing

@Suite("Clients of removed backends")
struct AffinityTests {
    @Test(
        "those pinned to a removed backend are let go, and no others", arguments: IPFamily.allCases)
    func removedBackend(family: IPFamily) async throws {
        let host = try Host()
        try await host.start([
            identity("web"): [clusterIP(11, to: [2, 3, 4], family, affinity: 600)],
            identity("other"): [clusterIP(12, to: [3, 7], family, affinity: 600)],
        ])
        try host.remember([2, 3, 4], family, at: 11)
        try host.remember([7], family, at: 12)
        #expect(try host.clients(family) == [2, 3, 4, 7])

        _ = try await host.writer.write([
            (identity("web"), [clusterIP(11, to: [2, 4, 9], family, affinity: 600)])
        ])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 1)
        #expect(try host.clients(family) == [2, 4, 7])
        #expect(try await host.writer.sweepAffinity(isLast: true) == 0)
    }

    @Test("all clients of a removed Service are let go", arguments: IPFamily.allCases)
    func removedService(family: IPFamily) async throws {
        let host = try Host()
        try await host.start([
            identity("web"): [clusterIP(11, to: [2, 3], family, affinity: 600)],
            identity("other"): [clusterIP(12, to: [7], family, affinity: 600)],
        ])
        try host.remember([2, 3], family, at: 11)
        try host.remember([7], family, at: 12)
        _ = try await host.writer.write([(identity("web"), [])])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 2)
        #expect(try host.clients(family) == [7])
        #expect(try await host.writer.difference().isEmpty)
    }

    @Test("a client that a packet on its way pinned once more is found by the next look")
    func later() async throws {
        let host = try Host()
        try await host.start([identity("web"): [clusterIP(11, to: [2, 3], affinity: 600)]])
        _ = try await host.writer.write([
            (identity("web"), [clusterIP(11, to: [2], affinity: 600)])
        ])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 0)
        try host.remember([3], .v4, at: 11)
        #expect(try await host.writer.sweepAffinity(isLast: true) == 1)
        try host.remember([3], .v4, at: 11)
        #expect(try await host.writer.sweepAffinity(isLast: true) == 1)
        #expect(await !host.writer.awaitsAffinitySweep)
        try host.remember([3], .v4, at: 11)
        #expect(try await host.writer.sweepAffinity(isLast: true) == 0)
    }

    @Test("clients of a backend that came back, and of one that came since, are kept")
    func cameBack() async throws {
        let host = try Host()
        try await host.start([identity("web"): [clusterIP(11, to: [2, 3], affinity: 600)]])
        for pods in [[2], [2, 3, 4]] {
            _ = try await host.writer.write([
                (identity("web"), [clusterIP(11, to: pods, affinity: 600)])
            ])
        }
        try host.remember([2, 3, 4], .v4, at: 11)
        #expect(try await host.writer.sweepAffinity(isLast: false) == 0)
        #expect(try host.clients(.v4) == [2, 3, 4])
    }

    @Test(
        "affinity that is switched off and on again leads no client to a backend that went between")
    func switchedOff() async throws {
        let host = try Host()
        try await host.start([identity("web"): [clusterIP(11, to: [2, 3], affinity: 600)]])
        try host.remember([2, 3], .v4, at: 11)
        for (pods, affinity) in [([2, 3], nil), ([2], nil), ([2, 4], 600 as Int?)] {
            _ = try await host.writer.write([
                (identity("web"), [clusterIP(11, to: pods, affinity: affinity)])
            ])
            _ = try await host.writer.sweepAffinity(isLast: true)
        }
        #expect(try host.clients(.v4) == [])
    }

    @Test("our own sweeps make no comparison, and a foreign edit before them is noticed")
    func generation() async throws {
        let host = try Host()
        try await host.start([identity("web"): [clusterIP(11, to: [2, 3], affinity: 600)]])
        try host.remember([3], .v4, at: 11)
        #expect(try await host.writer.compare()?.repairCount == 0)
        _ = try await host.writer.write([
            (identity("web"), [clusterIP(11, to: [2], affinity: 600)])
        ])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 1)
        #expect(try await host.writer.compare() == nil)
    }
}

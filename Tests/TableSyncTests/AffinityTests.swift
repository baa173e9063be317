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
    /// What the kernel remembers at first: client N of a family is pinned to pod N.
    private func remember(_ clients: [Int], _ family: IPFamily, in host: Host, at number: Int)
        throws
    {
        let places = ExamplePlaces(family)
        let table = family == .v4 ? "ip" : "ip6"
        for client in clients {
            let address = self.client(client, family)
            let frontend = "\(places.clusterIP(number)) . tcp . 80"
            try host.namespace.nft(
                "add", "element", table, "sluice", "affinity",
                "{ \(address) . \(frontend) timeout 1h : \(places.localPod(client)) . 8080 }")
        }
    }

    private func client(_ number: Int, _ family: IPFamily) -> IPAddress {
        address(family == .v4 ? "203.0.113.\(number)" : "fd03::\(number)")
    }

    /// The numbers of the clients that are remembered.
    private func clients(of host: Host, _ family: IPFamily) throws -> [Int] {
        let present = try host.affinity(TableFamily(family)).keys
        return (1..<20).filter { present.contains(client($0, family)) }
    }

    @Test(
        "those pinned to a removed backend are let go, and no others", arguments: IPFamily.allCases)
    func removedBackend(family: IPFamily) async throws {
        let host = try Host()
        try await host.start([
            identity("web"): [clusterIP(11, to: [2, 3, 4], family, affinity: 600)],
            identity("other"): [clusterIP(12, to: [3, 7], family, affinity: 600)],
        ])
        try remember([2, 3, 4], family, in: host, at: 11)
        try remember([7], family, in: host, at: 12)
        #expect(try clients(of: host, family) == [2, 3, 4, 7])

        _ = try await host.writer.write([
            (identity("web"), [clusterIP(11, to: [2, 4, 9], family, affinity: 600)])
        ])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 1)
        #expect(try clients(of: host, family) == [2, 4, 7])
        #expect(try await host.writer.sweepAffinity(isLast: true) == 0)
    }

    @Test("all clients of a removed Service are let go", arguments: IPFamily.allCases)
    func removedService(family: IPFamily) async throws {
        let host = try Host()
        try await host.start([
            identity("web"): [clusterIP(11, to: [2, 3], family, affinity: 600)],
            identity("other"): [clusterIP(12, to: [7], family, affinity: 600)],
        ])
        try remember([2, 3], family, in: host, at: 11)
        try remember([7], family, in: host, at: 12)
        _ = try await host.writer.write([(identity("web"), [])])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 2)
        #expect(try clients(of: host, family) == [7])
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
        try remember([3], .v4, in: host, at: 11)
        #expect(try await host.writer.sweepAffinity(isLast: true) == 1)
        try remember([3], .v4, in: host, at: 11)
        #expect(try await host.writer.sweepAffinity(isLast: true) == 1)
        #expect(await !host.writer.awaitsAffinitySweep)
        try remember([3], .v4, in: host, at: 11)
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
        try remember([2, 3, 4], .v4, in: host, at: 11)
        #expect(try await host.writer.sweepAffinity(isLast: false) == 0)
        #expect(try clients(of: host, .v4) == [2, 3, 4])
    }

    @Test(
        "affinity that is switched off and on again leads no client to a backend that went between")
    func switchedOff() async throws {
        let host = try Host()
        try await host.start([identity("web"): [clusterIP(11, to: [2, 3], affinity: 600)]])
        try remember([2, 3], .v4, in: host, at: 11)
        for (pods, affinity) in [([2, 3], nil), ([2], nil), ([2, 4], 600 as Int?)] {
            _ = try await host.writer.write([
                (identity("web"), [clusterIP(11, to: pods, affinity: affinity)])
            ])
            _ = try await host.writer.sweepAffinity(isLast: true)
        }
        #expect(try clients(of: host, .v4) == [])
    }

    @Test("our own sweeps make no comparison, and a foreign edit before them is noticed")
    func generation() async throws {
        let host = try Host()
        try await host.start([identity("web"): [clusterIP(11, to: [2, 3], affinity: 600)]])
        try remember([3], .v4, in: host, at: 11)
        #expect(try await host.writer.compare()?.repairCount == 0)
        _ = try await host.writer.write([
            (identity("web"), [clusterIP(11, to: [2], affinity: 600)])
        ])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 1)
        #expect(try await host.writer.compare() == nil)
    }
}

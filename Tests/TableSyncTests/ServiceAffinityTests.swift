import Addressing
import Fixtures
import Forwarding
import Ruleset
import ServiceModel
import Support
import TableSync
import Testing

@Suite("Clients of whole Services")
struct ServiceAffinityTests {
    /// TCP and UDP at ClusterIP N, which share what they remember.
    private func service(
        _ number: Int, to pods: [Int], _ family: IPFamily,
        _ transports: [TransportProtocol] = [.tcp, .udp], isLocal: Int? = nil
    ) -> [ForwardingEntry] {
        transports.map { transport in
            var entry = clusterIP(number, to: pods, family, transport, affinity: 600)
            entry.affinityService = entry.frontend.address
            if let isLocal {
                entry.isLocalForOutside = true
                entry.localCount = isLocal
            }
            return entry
        }
    }

    @Test(
        "those of a removed endpoint are let go, and no others", arguments: IPFamily.allCases)
    func removedEndpoint(family: IPFamily) async throws {
        let host = try Host()
        try await host.start([
            identity("web"): service(11, to: [2, 3, 4], family),
            identity("other"): service(12, to: [3, 7], family),
        ])
        try host.remember([2, 3, 4], family, at: 11, of: .service)
        try host.remember([3, 7], family, at: 12, of: .service)
        _ = try await host.writer.write([
            (identity("web"), service(11, to: [2, 4, 9], family))
        ])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 1)
        #expect(try host.clients(of: 11, family) == [2, 4])
        #expect(try host.clients(of: 12, family) == [3, 7])
        try host.remember([3], family, at: 11, of: .service)
        #expect(try await host.writer.sweepAffinity(isLast: true) == 1)
        #expect(try await host.writer.sweepAffinity(isLast: true) == 0)
        #expect(await !host.writer.awaitsAffinitySweep)
        #expect(try await host.writer.difference().isEmpty)
    }

    @Test("a port that goes takes no client along; the last one takes all")
    func removedPorts() async throws {
        let host = try Host()
        try await host.start([identity("web"): service(11, to: [2, 3], .v4)])
        try host.remember([2, 3], .v4, at: 11, of: .service)
        _ = try await host.writer.write([(identity("web"), service(11, to: [2, 3], .v4, [.udp]))])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 0)
        _ = try await host.writer.write([(identity("web"), [])])
        #expect(try await host.writer.sweepAffinity(isLast: true) == 2)
    }

    @Test("an endpoint that one port loses lets its clients go, since they could not be sent there")
    func onePort() async throws {
        let host = try Host()
        try await host.start([identity("web"): service(11, to: [2, 3], .v4)])
        try host.remember([2, 3], .v4, at: 11, of: .service)
        _ = try await host.writer.write([
            (
                identity("web"),
                service(11, to: [2], .v4, [.tcp]) + service(11, to: [2, 3], .v4, [.udp])
            )
        ])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 1)
        #expect(try host.clients(of: 11, .v4) == [2])
    }

    @Test("policy Local lets the clients of other nodes' endpoints go")
    func policy() async throws {
        let host = try Host()
        try await host.start([identity("web"): service(11, to: [2, 3, 4], .v4)])
        try host.remember([2, 3, 4], .v4, at: 11, of: .service)
        _ = try await host.writer.write([
            (identity("web"), service(11, to: [2, 3, 4], .v4, isLocal: 1))
        ])
        #expect(try await host.writer.sweepAffinity(isLast: false) == 2)
        #expect(try host.clients(of: 11, .v4) == [2])
    }

    @Test("clients of an endpoint that came back are kept")
    func cameBack() async throws {
        let host = try Host()
        try await host.start([identity("web"): service(11, to: [2, 3], .v4)])
        for pods in [[2], [2, 3]] {
            _ = try await host.writer.write([(identity("web"), service(11, to: pods, .v4))])
        }
        try host.remember([2, 3], .v4, at: 11, of: .service)
        #expect(try await host.writer.sweepAffinity(isLast: false) == 0)
    }

    @Test("a Service that changes between port and service forgets what it remembered before")
    func scope() async throws {
        let host = try Host()
        let alone = [clusterIP(11, to: [2, 3], affinity: 600)]
        let shared = service(11, to: [2, 3], .v4, [.tcp])
        try await host.start([identity("web"): shared])
        try host.remember([2, 3], .v4, at: 11, of: .service)
        _ = try await host.writer.write([(identity("web"), alone)])
        #expect(try await host.writer.sweepAffinity(isLast: true) == 2)
        try host.namespace.nft(
            "add", "element", "ip", "sluice", "affinity",
            "{ 203.0.113.2 . 10.96.0.11 . tcp . 80 timeout 1h : 10.244.1.2 . 8080 }")
        _ = try await host.writer.write([(identity("web"), shared)])
        #expect(try await host.writer.sweepAffinity(isLast: true) == 1)
    }

    @Test(
        "a restart changes nothing and keeps the clients, but those of endpoints that went",
        arguments: IPFamily.allCases)
    func restart(family: IPFamily) async throws {
        let host = try Host()
        try await host.start([identity("web"): service(11, to: [2, 3, 4], family)])
        try host.remember([2, 3], family, at: 11, of: .service)
        try host.remember([5], family, at: 12, of: .service)
        let next = try Host(in: host.namespace)
        let report = try await next.start([identity("web"): service(11, to: [2, 3, 4], family)])
        #expect(report.changeCount == 0)
        #expect(try next.clients(of: 11, family) == [2, 3])
        #expect(try next.clients(of: 12, family) == [])
        let last = try Host(in: host.namespace)
        try await last.start([identity("web"): service(11, to: [2, 4], family)])
        #expect(try last.clients(of: 11, family) == [2])
    }

    @Test("nft lists the tables, and loads again what it lists")
    func listing() async throws {
        let host = try Host()
        try await host.start([identity("web"): service(11, to: [2, 3], .v4, isLocal: 1)])
        let text = try host.namespace.nft("list", "table", "ip", "sluice")
        #expect(text.contains("ip daddr set ip saddr . ip daddr map @service_affinity"))
        try host.namespace.nft("delete", "table", "ip", "sluice")
        try host.namespace.nft("-f", "-", input: text)
        #expect(try await host.writer.difference().isEmpty)
        let six = try host.namespace.nft("list", "table", "ip6", "sluice")
        #expect(six.contains("ip6 daddr set ct reply ip6 saddr") == false)
        _ = try await host.writer.write([(identity("web"), service(11, to: [2, 3], .v6))])
        let listed = try host.namespace.nft("list", "table", "ip6", "sluice")
        #expect(listed.contains("ip6 daddr set ct reply ip6 saddr"))
    }
}

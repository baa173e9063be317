import Addressing
import Forwarding
import Netfilter
import ServiceModel
import Support
import TableSync
import Testing

@Suite("Deleting tracked flows")
struct FlowCleanerTests {
    /// Sends a packet to the frontend 10.96.0.10, so that its flow is tracked.
    private func send(in namespace: NetworkNamespace) throws {
        let script = """
            ip addr replace 10.244.1.2/32 dev lo
            ip route replace 10.96.0.0/12 dev lo src 10.244.1.2
            echo hello > /dev/udp/10.96.0.10/80
            """
        let output = try namespace.run("bash", "-c", script)
        #expect(output.status == 0, "\(output.complaint)")
    }

    @Test("a UDP flow to a removed backend is deleted, and one to a backend that stays is not")
    func removedBackend() async throws {
        let host = try Host()
        let before = [clusterIP(10, to: [2], .v4, .udp)]
        try await host.start([identity("dns"): before])
        try send(in: host.namespace)
        let cleaner = try FlowCleaner(inNamespace: host.namespace.name)

        let kept = StaleFlows.filters(from: before, to: [clusterIP(10, to: [2, 3], .v4, .udp)])
        #expect(try await cleaner.delete(anyOf: kept) == 0)
        let moved = StaleFlows.filters(from: before, to: [clusterIP(10, to: [3], .v4, .udp)])
        #expect(try await cleaner.delete(anyOf: moved) == 1)
        #expect(try await cleaner.delete(anyOf: moved) == 0)
    }

    @Test(
        "what a start tells is deleted: the flow of a backend that went while no writer was there")
    func predecessor() async throws {
        let host = try Host()
        try await host.start([identity("dns"): [clusterIP(10, to: [2], .v4, .udp)]])
        try send(in: host.namespace)
        let next = try Host(in: host.namespace)
        let report = try await next.start([identity("dns"): [clusterIP(10, to: [3], .v4, .udp)]])
        let cleaner = try FlowCleaner(inNamespace: host.namespace.name)
        #expect(try await cleaner.delete(anyOf: report.staleFlows) == 1)
    }
}

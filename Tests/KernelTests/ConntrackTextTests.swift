import Addressing
import Testing

@testable import Netfilter

/// Lines as Linux 6.18 writes them (`ct_seq_show`).
@Suite("Flows as text")
struct ConntrackTextTests {
    private func only(_ line: String) throws -> Flow {
        let flows = try #require(ConntrackText.flows(in: line + "\n"))
        try #require(flows.count == 1)
        return flows[0]
    }

    @Test("an answered connection that is translated both ways")
    func translated() throws {
        let flow = try only(
            """
            ipv4     2 tcp      6 431999 ESTABLISHED src=203.0.113.10 dst=198.51.100.1 sport=40000 \
            dport=80 src=10.244.1.2 dst=192.168.50.1 sport=8080 dport=41000 [ASSURED] mark=16384 \
            zone=7 use=2
            """)
        #expect(flow.transport == .tcp)
        #expect(flow.original.source == (try address("203.0.113.10")))
        #expect(flow.original.sourcePort == 40000)
        #expect(flow.frontend == SocketEndpoint("198.51.100.1:80"))
        #expect(flow.backend == SocketEndpoint("10.244.1.2:8080"))
        #expect(flow.reply.destination == (try address("192.168.50.1")))
        #expect(flow.reply.destinationPort == 41000)
        #expect(
            flow.status == [.seenReply, .assured, .confirmed, .sourceNAT, .destinationNAT])
        #expect(flow.tcpState == .established)
        #expect(flow.zone == 7)
    }

    @Test("an unanswered one with counters, that nobody translates")
    func counted() throws {
        let flow = try only(
            """
            ipv6     10 udp      17 29 src=2001:0db8:0000:0000:0000:0000:0000:0001 \
            dst=2001:0db8:0000:0000:0000:0000:0000:0002 sport=53 dport=5353 packets=1 bytes=60 \
            [UNREPLIED] src=2001:0db8:0000:0000:0000:0000:0000:0002 \
            dst=2001:0db8:0000:0000:0000:0000:0000:0001 sport=5353 dport=53 packets=0 bytes=0 \
            mark=0 use=2
            """)
        #expect(flow.family == .v6)
        #expect(flow.backend == SocketEndpoint("[2001:db8::2]:5353"))
        #expect(flow.status == .confirmed)
        #expect(flow.isUnanswered)
        #expect(flow.tcpState == nil)
    }

    @Test("a connection that a flowtable forwards says neither its time nor its state")
    func offloaded() throws {
        let flow = try only(
            """
            ipv4     2 tcp      6 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 \
            dst=10.0.0.1 sport=2 dport=1 [OFFLOAD] mark=0 use=3
            """)
        #expect(flow.tcpState == nil)
        #expect(!flow.isUnanswered)
    }

    @Test("other protocols are left out")
    func withoutPorts() {
        let line = """
            ipv4     2 icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=5 src=10.0.0.2 \
            dst=10.0.0.1 type=0 code=0 id=5 mark=0 use=1
            """
        #expect(ConntrackText.flows(in: line) == [])
        #expect(ConntrackText.flows(in: "") == [])
    }

    @Test(
        "text that is not understood is none",
        arguments: [
            "ipv4 2 udp", "ipv4 2 udp udp src=10.0.0.1",
            "ipv4 2 udp 17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2",
            """
            ipv4 2 udp 17 29 src=10.0.0.x dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 \
            sport=2 dport=1
            """,
        ])
    func notUnderstood(line: String) {
        #expect(ConntrackText.flows(in: line) == nil)
    }
}

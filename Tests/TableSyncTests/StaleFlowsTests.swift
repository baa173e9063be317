import Addressing
import Forwarding
import Netfilter
import Testing

@testable import TableSync

@Suite("Which tracked flows a change deletes")
struct StaleFlowsTests {
    private func entry(
        _ transport: TransportProtocol = .tcp, at vip: String = "198.51.100.10:80",
        to nodes: [Int]
    ) -> ForwardingEntry {
        let frontend = socket(vip)
        return ForwardingEntry(
            Frontend(frontend.address, transport, frontend.port), label: "default/web",
            backends: nodes.map { socket("192.168.50.\($0):30080") }, sourceHiding: .everyClient)
    }

    @Test("those that wait for a TCP node that is gone, and no answered ones")
    func tcp() {
        #expect(
            StaleFlows.filters(from: [entry(to: [1, 2])], to: [entry(to: [1])]) == [
                FlowFilter(
                    transport: .tcp, frontend: socket("198.51.100.10:80"),
                    backend: socket("192.168.50.2:30080"), onlyUnanswered: true)
            ])
    }

    @Test("all to a UDP node that is gone")
    func udp() {
        #expect(
            StaleFlows.filters(from: [entry(.udp, to: [1, 2])], to: [entry(.udp, to: [1])]) == [
                FlowFilter(
                    transport: .udp, frontend: socket("198.51.100.10:80"),
                    backend: socket("192.168.50.2:30080"))
            ])
    }

    @Test("none of UDP to an endpoint that still serves, and all of them when it does no more")
    func conversing() {
        var without = entry(.udp, to: [1])
        without.conversing = [socket("192.168.50.2:30080")]
        #expect(StaleFlows.filters(from: [entry(.udp, to: [1, 2])], to: [without]) == [])
        #expect(StaleFlows.filters(from: [without], to: [entry(.udp, to: [1, 2])]) == [])
        let gone = FlowFilter(
            transport: .udp, frontend: socket("198.51.100.10:80"),
            backend: socket("192.168.50.2:30080"))
        #expect(StaleFlows.filters(from: [without], to: [entry(.udp, to: [1])]) == [gone])
        #expect(Set(StaleFlows.filters(from: [without], to: [])).contains(gone))
    }

    @Test("none when a node comes, and none of the nodes that stay")
    func added() {
        #expect(StaleFlows.filters(from: [entry(to: [1])], to: [entry(to: [1, 2, 3])]).isEmpty)
        #expect(
            StaleFlows.filters(from: [entry(.udp, to: [1])], to: [entry(.udp, to: [1, 2])]).isEmpty)
    }

    @Test("those of a frontend that is gone, and not those of another with the same node")
    func frontendGone() {
        let other = entry(at: "198.51.100.11:80", to: [1])
        #expect(
            StaleFlows.filters(from: [entry(to: [1]), other], to: [other]).map(\.frontend)
                == [socket("198.51.100.10:80")])
    }

    @Test(
        "those that were tracked untranslated before a frontend came, of TCP the unanswered ones",
        arguments: [TransportProtocol.udp, .tcp, .sctp])
    func untranslated(transport: TransportProtocol) {
        let frontend = socket("198.51.100.10:80")
        let filters = [
            FlowFilter(
                transport: transport, frontend: frontend, backend: frontend,
                onlyUnanswered: transport != .udp)
        ]
        #expect(StaleFlows.filters(from: [], to: [entry(transport, to: [1])]) == filters)
        #expect(
            StaleFlows.filters(from: [entry(transport, to: [])], to: [entry(transport, to: [1])])
                == filters)
        #expect(StaleFlows.filters(from: [], to: [entry(transport, to: [])]).isEmpty)
    }

    @Test("none to a host's own port that is its own backend")
    func ownBackend() {
        let entry = entry(.udp, at: "192.168.50.1:30080", to: [1])
        #expect(StaleFlows.filters(from: [], to: [entry]).isEmpty)
    }

    @Test("every filter names an end, so that none means all flows")
    func named() {
        let filters = StaleFlows.filters(
            from: [entry(to: [1, 2, 3]), entry(.udp, to: [2])], to: [entry(to: [])])
        #expect(filters.count == 4)
        #expect(filters.filter(\.namesAnEnd).count == 4)
    }
}

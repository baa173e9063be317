import Addressing
import ServiceTranslation
import TableSync
import Testing

@testable import LoadBalancer
@testable import Netfilter

@Suite("Flows that began while the tables were away")
struct GapTests {
    @Test("when the tables are repaired all flows are compared with them, and only then")
    func audit() async {
        let balancer = MemoryBalancer()
        await balancer.start([balanced()])
        await balancer.loop.turn()
        #expect(balancer.purge.isIdle)
        await balancer.writer.damage(changes: 1)
        // The next comparison waits for nine times as long as the last one took.
        let deadline = ContinuousClock.now + .seconds(60)
        while balancer.purge.isIdle, .now < deadline { await balancer.loop.turn() }
        #expect(!balancer.purge.isIdle)
    }

    @Test("those of a drained node are none of them: they go on")
    func drained() {
        func flow(_ transport: TransportProtocol, to backend: SocketEndpoint) -> Flow {
            Flow(
                transport: transport,
                original: FlowDirection(
                    source: address("203.0.113.10"), sourcePort: 40_000,
                    destination: address("198.51.100.10"), destinationPort: 80),
                reply: FlowDirection(
                    source: backend.address, sourcePort: backend.port.rawValue,
                    destination: address("192.168.50.10"), destinationPort: 40_000),
                status: .confirmed, tcpState: nil, id: 1, zone: 0)
        }
        let drained = socket("192.168.50.2:30080")
        let target = DrainingTarget(
            node: "node2", socket: drained, transport: .udp, deadline: nil)
        let others = [
            flow(.tcp, to: drained), flow(.udp, to: socket("192.168.50.3:30080")),
            flow(.udp, to: socket("198.51.100.10:80")),
        ]
        #expect(LiveFlows.without([target], others + [flow(.udp, to: drained)]) == others)
    }
}

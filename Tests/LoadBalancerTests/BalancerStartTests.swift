import APIClient
import Foundation
import HealthChecking
import KubeAPI
import TableSync
import Testing

@testable import LoadBalancer

@Suite("What a balancer does when it starts")
struct BalancerStartTests {
    private let vip = "198.51.100.10:80/tcp"
    private static let forbidden = APIClientError(
        .refused, request: "GET /apis/discovery.k8s.io/v1/endpointslices", detail: "403")

    @Test(
        "nothing is touched before Services, nodes and endpoints are known, then all at once",
        arguments: [
            ObjectChange<EndpointSliceObject>.listed([], revision: "1"), .disconnected(forbidden),
        ])
    func start(slices: ObjectChange<EndpointSliceObject>) async throws {
        let balancer = MemoryBalancer()
        await balancer.inbox.take(services: .listed([balanced()], revision: "1"))
        await balancer.loop.turn()
        #expect(balancer.deeds.take().isEmpty)
        #expect(!balancer.health.isHealthy(at: .now))
        await balancer.inbox.take(nodes: .listed([node(1)], revision: "1"))
        await balancer.loop.turn()
        #expect(balancer.deeds.take().isEmpty)
        // Whether there are endpoints is a hint: an API that does not tell it stops nothing.
        await balancer.inbox.take(slices: slices)
        await balancer.loop.turn()
        #expect(
            balancer.deeds.take() == [.started(services: 1), .held([address("198.51.100.10")])])
        #expect(await balancer.writer.backends == [vip: ["192.168.50.1:30080"]])
        #expect(balancer.health.isHealthy(at: .now))
    }

    @Test("an empty cluster is a complete state too: what an earlier run left goes")
    func empty() async throws {
        let balancer = MemoryBalancer()
        await balancer.start([], nodes: [])
        #expect(balancer.health.isHealthy(at: .now))
        #expect(balancer.deeds.take() == [.started(services: 0), .held([])])
    }

    /// What checks of the first two nodes said before: one is dead, one has no endpoint.
    private func memory() -> [HealthMemory.Entry] {
        var ledger = HealthLedger()
        ledger.change(starting: Set((1...3).map { nodeCheck($0) }), at: .now)
        for _ in 0..<2 {
            _ = ledger.take(
                CheckOutcome(failure: .timedOut, duration: .seconds(1)), of: nodeCheck(1), at: .now)
        }
        for (number, weight) in [(2, 0), (3, 1)] {
            let outcome = CheckOutcome(weight: weight, duration: .milliseconds(1))
            _ = ledger.take(outcome, of: nodeCheck(number), at: .now)
        }
        return ledger.remembered
    }

    @Test("what the last run knew of nodes counts from the first transaction, until checks know")
    func remembers() async {
        let balancer = MemoryBalancer(remembering: memory())
        await balancer.start([balanced()])
        #expect(await balancer.writer.backends == [vip: ["192.168.50.3:30080"]])
        #expect(balancer.board.records[nodeCheck(1)]?.reason == .timedOut)
        balancer.tell(nil, of: nodeCheck(1), times: 2)
        balancer.tell(nil, of: nodeCheck(2), times: 1)
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 3)
    }

    @Test("a dead node that leaves for a while has to prove itself when it is back")
    func returnsDead() async {
        let balancer = await MemoryBalancer.strict()
        balancer.tell(.refused, of: nodeCheck(1), times: 2)
        await balancer.loop.turn()
        await balancer.inbox.take(nodes: .upserted(node(1, ready: "Unknown")))
        await balancer.loop.turn()
        await balancer.inbox.take(nodes: .upserted(node(1, ready: "True")))
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 2)
        balancer.tell(nil, of: nodeCheck(1), times: 2)
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 3)
    }

    @Test("a Service that is checked otherwise now gets no dead node for it")
    func otherChecks() async {
        let balancer = await MemoryBalancer.strict()
        balancer.tell(.timedOut, of: nodeCheck(1), times: 2)
        await balancer.loop.turn()
        let other = balanced { $0.metadata.annotations = ["sluice.io/check": "tcp"] }
        await balancer.inbox.take(services: .upserted(other))
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 2)
        balancer.tell(nil, of: connectCheck("192.168.50.1:30080"), times: 1)
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 3)
    }

    @Test("what is remembered of a node that has ended well is that it was well")
    func endsWell() {
        var ledger = HealthLedger(memory: HealthMemory(memory()))
        ledger.change(starting: [nodeCheck(1)], at: .now)
        for _ in 0..<2 {
            _ = ledger.take(CheckOutcome(duration: .milliseconds(1)), of: nodeCheck(1), at: .now)
        }
        ledger.change(starting: [], ending: [nodeCheck(1)], at: .now)
        ledger.change(starting: [nodeCheck(1)], at: .now)
        #expect(ledger.unhealthy.isEmpty)
        #expect(ledger.remembered.map(\.weight) == [0])
    }

    @Test("a node that has to prove itself gets nothing from the first transaction on")
    func initiallyDown() async {
        var policy = testPolicy
        policy.initial = .fullyDown
        let balancer = await MemoryBalancer.strict(policy: policy)
        #expect(await balancer.writer.backends == [vip: []])
    }
}

import Addressing
import FoundationEssentials
import HealthChecking
import Netfilter
import ServiceModel
import Synchronization
import TableSync
import Testing

@testable import LoadBalancer

@Suite("Flows that packets began which were on their way when their node was taken out")
struct LaterLooksTests {
    private final class Record: Sendable {
        let looks = Mutex<[[FlowFilter]]>([])
    }

    private func node2Dies(_ balancer: MemoryBalancer) async {
        balancer.tell(.timedOut, of: nodeCheck(2), times: 2)
        await balancer.loop.turn()
    }

    @Test("they are looked for as often as on a node, later without those that somebody answers")
    func later() async {
        let balancer = await MemoryBalancer.strict()
        await node2Dies(balancer)
        let record = Record()
        let (enough, finish) = AsyncStream.makeStream(of: Void.self)
        let hands = FlowPurge.Hands(
            delete: { filters in
                let count = record.looks.withLock { looks in
                    looks.append(filters)
                    return looks.count
                }
                if count == FlowSweep.looks - 1 { finish.finish() }
                return true
            }, audit: { true })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [purge = balancer.purge] in await purge.run(hands) }
            group.addTask {
                try? await Task.sleep(for: .seconds(60))
                finish.finish()
            }
            for await _ in enough {}
            balancer.purge.end()
            group.cancelAll()
        }
        let filter = FlowFilter(
            transport: .tcp, frontend: socket("198.51.100.10:80"),
            backend: socket("192.168.50.2:30080"), onlyUnanswered: true)
        #expect(
            record.looks.withLock { $0 } == Array(repeating: [filter], count: FlowSweep.looks - 1))
        #expect(balancer.purge.isIdle)
    }

    @Test("not those of a node that is back, or that is drained")
    func notLater() async {
        let balancer = await MemoryBalancer.strict()
        await node2Dies(balancer)
        #expect(!balancer.purge.isIdle)
        balancer.tell(nil, of: nodeCheck(2), times: 2)
        await balancer.loop.turn()
        #expect(balancer.purge.isIdle)
        let place = NodeOrder.Place(node: "node2")
        _ = await balancer.inbox.give(NodeOrder(.drain, for: place, since: .now))
        await balancer.loop.turn()
        #expect(balancer.purge.isIdle)
    }
}

import APIClient
import KubeAPI
import Testing

@testable import LoadBalancer

@Suite("Chains and sets that no Service needs any more")
struct IdleChainTests {
    private func limited(to limit: Int) -> [String: String] {
        ["sluice.io/connection-limit": "\(limit)"]
    }

    /// Without that each limit that a Service ever had would leave a set of clients behind.
    @Test("they go ten seconds later, while the balancer runs")
    func swept() async throws {
        let balancer = MemoryBalancer()
        await balancer.start(
            [balanced { $0.metadata.annotations = limited(to: 1) }], nodes: [node(1)])
        for limit in 2...9 {
            await balancer.inbox.take(
                services: .upserted(balanced { $0.metadata.annotations = limited(to: limit) }))
            await balancer.loop.turn()
        }
        let now = ContinuousClock.now
        #expect(balancer.loop.nextChainSweep <= now + .seconds(10))
        balancer.loop.nextChainSweep = now
        await balancer.loop.turn()
        // Of eight limits at least the rules and the chain.
        #expect(await balancer.writer.sweptChangeCount >= 8 * 2)
        #expect(balancer.loop.nextChainSweep > now)
    }
}

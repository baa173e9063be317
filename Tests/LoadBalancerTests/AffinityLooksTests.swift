import APIClient
import Addressing
import Forwarding
import FoundationEssentials
import HealthChecking
import KubeAPI
import Netfilter
import Testing

@testable import LoadBalancer

@Suite("When clients are freed from nodes that are gone")
struct AffinityLooksTests {
    private let start = ContinuousClock.now
    private let second = socket("192.168.50.2:30080")
    private let vip = Frontend(address("198.51.100.10"), .tcp, socket("198.51.100.10:80").port)

    private func filter(_ number: Int) -> FlowFilter {
        FlowFilter(transport: .tcp, backend: socket("192.168.50.\(number):30080"))
    }

    /// A balancer with a sticky Service on three nodes, which has been looked through: also a
    /// start that leaves no stale flows gets its last look.
    private func sticky() async throws -> MemoryBalancer {
        let balancer = MemoryBalancer()
        let service = balanced { $0.spec.sessionAffinity = "ClientIP" }
        await balancer.start([service])
        #expect(await balancer.writer.awaitsAffinitySweep)
        try await turn(balancer, until: "the start's last look") {
            await !balancer.writer.awaitsAffinitySweep
        }
        _ = balancer.deeds.take()
        return balancer
    }

    private func turn(
        _ balancer: MemoryBalancer, until what: String, _ condition: () async -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while await !condition() {
            try #require(.now < deadline, "\(what)")
            await balancer.loop.turn()
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("changes that never pause put no look off")
    func notPutOff() throws {
        var looks = AffinityLooks()
        #expect(looks.takeDue(at: start) == nil)
        var count = 0
        for number in 1...100 {
            let now = start + .milliseconds(500) * number
            looks.note([filter(number)], at: now)
            guard let stale = looks.takeDue(at: now) else { continue }
            count += 1
            #expect(stale.last == filter(number))
            // Of this round and of the one before: an earlier one has been looked for twice.
            #expect(stale.count <= 6)
        }
        #expect(count == 33)
    }

    @Test("what changed shortly before a look is looked for once more, then no more")
    func secondLook() {
        var looks = AffinityLooks()
        looks.note([filter(1)], at: start)
        #expect(looks.takeDue(at: start + .milliseconds(999)) == nil)
        #expect(looks.takeDue(at: start + .seconds(1)) == [filter(1)])
        looks.goOn(true, at: start + .seconds(1))
        looks.note([filter(2)], at: start + .milliseconds(1500))
        #expect(looks.takeDue(at: start + .seconds(2)) == [filter(1), filter(2)])
        looks.goOn(false, at: start + .seconds(2))
        #expect(looks.takeDue(at: start + .seconds(60)) == nil)
        looks.note([], at: start + .seconds(60))
        #expect(looks.takeDue(at: start + .seconds(61)) == [])
    }

    @Test("a drained node's sticky clients are let go, and its connections go on")
    func drained() async throws {
        let balancer = try await sticky()
        await balancer.writer.remember(second, at: vip)
        _ = await balancer.inbox.give(
            NodeOrder(.drain, for: .init(node: "node2"), since: .now))
        await balancer.loop.turn()
        #expect(await balancer.writer.rememberedBackends == [])
        // One more comes with a packet that was on its way.
        await balancer.writer.remember(second, at: vip)
        try await turn(balancer, until: "it is let go") {
            await balancer.writer.rememberedBackends == []
        }
        #expect(!balancer.deeds.take().contains { if case .deleted = $0 { true } else { false } })
    }

    @Test("nodes that come and go all the time keep nobody from a last look")
    func restless() async throws {
        let balancer = try await sticky()
        var isThere = true
        let third = node(3)
        try await turn(balancer, until: "the last look") {
            isThere.toggle()
            await balancer.inbox.take(nodes: isThere ? .upserted(third) : .deleted(third))
            return balancer.deeds.take().contains(.sweptLast)
        }
    }
}

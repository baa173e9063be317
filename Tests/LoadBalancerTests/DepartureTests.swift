import APIClient
import Addressing
import FoundationEssentials
import HealthChecking
import KubeAPI
import Netfilter
import ServiceModel
import ServiceTranslation
import Testing

@testable import LoadBalancer

@Suite("What becomes of the connections of nodes that had left before they went down")
struct DepartureTests {
    private let place = NodeOrder.Place(node: "node2")
    private let backend = socket("192.168.50.2:30080")

    private func flows(_ frontend: String = "198.51.100.10:80", unanswered: Bool = false)
        -> FlowFilter
    {
        FlowFilter(
            transport: .tcp, frontend: socket(frontend), backend: backend,
            onlyUnanswered: unanswered)
    }

    /// What one turn deletes.
    private func deleted(_ balancer: MemoryBalancer) async -> [[FlowFilter]] {
        _ = balancer.deeds.take()
        await balancer.loop.turn()
        return balancer.deeds.take().compactMap {
            if case .deleted(let filters) = $0 { filters } else { nil }
        }
    }

    private func give(_ state: ServingState, _ balancer: MemoryBalancer) async {
        _ = await balancer.inbox.give(NodeOrder(state, for: place, since: .now))
    }

    /// Has all Services written once more, as any change of the nodes does.
    private func touchAll(_ balancer: MemoryBalancer, withNode4 isThere: Bool) async {
        await balancer.inbox.take(nodes: isThere ? .upserted(node(4)) : .deleted(node(4)))
    }

    @Test("a drained node that is put in maintenance loses its connections, once")
    func maintained() async {
        let balancer = await MemoryBalancer.strict()
        await give(.drain, balancer)
        #expect(await deleted(balancer) == [])
        await give(.maintenance, balancer)
        #expect(await deleted(balancer) == [[flows()]])
        await touchAll(balancer, withNode4: true)
        #expect(await deleted(balancer) == [])
        await give(.drain, balancer)
        #expect(await deleted(balancer) == [])
        await give(.maintenance, balancer)
        #expect(await deleted(balancer) == [[flows()]])
    }

    @Test("so does a drained node that dies, each time", arguments: [false, true])
    func drainedDies(isKept: Bool) async {
        let balancer = await MemoryBalancer.strict { $0.keepsEstablished = isKept }
        await give(.drain, balancer)
        #expect(await deleted(balancer) == [])
        for _ in 1...2 {
            balancer.tell(.timedOut, of: nodeCheck(2), times: 2)
            #expect(await deleted(balancer) == [[flows(unanswered: isKept)]])
            await touchAll(balancer, withNode4: true)
            #expect(await deleted(balancer) == [])
            balancer.tell(nil, of: nodeCheck(2), times: 2)
            await touchAll(balancer, withNode4: false)
            #expect(
                await deleted(balancer).joined().allSatisfy { $0.backend != backend })
        }
    }

    @Test("so does one that was out for want of endpoints")
    func withoutEndpoints() async {
        let balancer = await MemoryBalancer.strict()
        balancer.board.take(
            CheckOutcome(weight: 0, duration: .milliseconds(1)), of: nodeCheck(2))
        #expect(await deleted(balancer) == [[flows(unanswered: true)]])
        balancer.tell(.timedOut, of: nodeCheck(2), times: 2)
        #expect(await deleted(balancer) == [[flows()]])
    }

    @Test("one that dies while it takes traffic loses them with its place, and not once more")
    func once() async {
        let balancer = await MemoryBalancer.strict()
        balancer.tell(.timedOut, of: nodeCheck(2), times: 2)
        #expect(await deleted(balancer) == [[flows()]])
        await touchAll(balancer, withNode4: true)
        #expect(await deleted(balancer) == [])
    }

    @Test("one that is used although it is down keeps them until others take its place")
    func used() async {
        let balancer = await MemoryBalancer.strict { $0.panicThreshold = 50 }
        for number in 1...3 { balancer.tell(.timedOut, of: nodeCheck(number), times: 2) }
        #expect(await deleted(balancer) == [])
        for number in [1, 3] { balancer.tell(nil, of: nodeCheck(number), times: 2) }
        #expect(await deleted(balancer) == [[flows()]])
    }

    @Test("a write that is refused keeps nobody from learning that a drained node is down")
    func refused() async throws {
        let balancer = await MemoryBalancer.strict()
        await give(.drain, balancer)
        await balancer.loop.turn()
        await balancer.writer.refuse(times: 1)
        balancer.tell(.timedOut, of: nodeCheck(2), times: 2)
        #expect(await deleted(balancer) == [])
        let deadline = ContinuousClock.now + .seconds(120)
        var found: [[FlowFilter]] = []
        while found.isEmpty, .now < deadline {
            found = await deleted(balancer)
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(found == [[flows()]])
    }

    @Test("an ejected one keeps those that stand until a check says that it is down")
    func ejected() {
        let service = balanced {
            $0.metadata.annotations = ["sluice.io/ejection": "on"]
            $0.status = ServiceStatus(
                ingress: ["198.51.100.10", "198.51.100.11"].map { LoadBalancerIngress(ip: $0) })
        }
        var plan = plan(services: [service, balanced("other", nodePort: 30_081)])
        plan.replaceSlices([slice()])
        var ledger = DepartureLedger()
        #expect(ledger.take(plan.takeStep(unhealthy: []), isComplete: true).isEmpty)
        var standings = CheckStandings()
        standings.ejected = [backend]
        plan.note(ejectedOf: [web])
        #expect(ledger.take(plan.takeStep(standings), isComplete: false).isEmpty)
        standings.unhealthy = [nodeCheck(2)]
        plan.note(changed: [nodeCheck(2)])
        let step = plan.takeStep(standings)
        // The other Service's target leaves with this step.
        let left = FlowFilter(transport: .tcp, backend: socket("192.168.50.2:30081"))
        ledger.note(ended: [left])
        let found = ledger.take(step, isComplete: false)
        #expect(
            Set(found) == [
                flows(unanswered: true), flows("198.51.100.11:80", unanswered: true),
            ])
    }

    @Test("a Service that is new has none; a start cannot know, and takes a node that is down anew")
    func isNew() {
        var plan = plan(services: [balanced()])
        var ledger = DepartureLedger()
        let step = plan.takeStep(unhealthy: [nodeCheck(2)])
        #expect(ledger.take(step, isComplete: false).isEmpty)
        #expect(ledger.take(step, isComplete: true) == [flows(unanswered: true)])
        #expect(ledger.take(step, isComplete: false).isEmpty)
    }
}

import Addressing
import FoundationEssentials
import HealthChecking
import KubeAPI
import ServiceTranslation
import Testing

@testable import LoadBalancer

@Suite("Which addresses a balancer holds")
struct WithdrawalTests {
    private let all: Set = [nodeCheck(1), nodeCheck(2), nodeCheck(3)]
    private let vip: Set = [address("198.51.100.10")]

    @Test(
        "an address goes with the last node that takes its traffic, and comes back with the first")
    func lastNode() {
        var plan = plan(services: [balanced()])
        #expect(plan.takeStep(unhealthy: []).addresses == vip)
        plan.note(changed: all)
        #expect(plan.takeStep(unhealthy: all.subtracting([nodeCheck(3)])).addresses == vip)
        #expect(plan.servesAny)
        plan.note(changed: all)
        #expect(plan.takeStep(unhealthy: all).addresses.isEmpty)
        #expect(plan.addresses == vip)
        #expect(!plan.servesAny)
        plan.note(changed: all)
        #expect(plan.takeStep(unhealthy: [nodeCheck(1), nodeCheck(2)]).addresses == vip)
        #expect(plan.servesAny)
    }

    @Test(
        "while unhealthy nodes are used the rule decides",
        arguments: [(WithdrawalRule.empty, true), (.unhealthy, false), (.never, true)])
    func failingOpen(rule: WithdrawalRule, isHeld: Bool) {
        var plan = plan(services: [balanced()], panicThreshold: 50) { $0.withdrawal = rule }
        let step = plan.takeStep(unhealthy: all)
        #expect(step.backends["198.51.100.10:80/tcp"]?.count == 3)
        #expect(step.addresses == (isHeld ? vip : []))
        // Whatever is announced: another balancer may be better off.
        #expect(!plan.servesAny)
    }

    @Test("nodes that get packets as they are count, too")
    func directReturn() {
        var plan = plan(services: [balanced()]) { $0.dataPlane = .directReturn }
        #expect(plan.takeStep(unhealthy: []).addresses == vip)
        plan.note(changed: all)
        #expect(plan.takeStep(unhealthy: all).addresses.isEmpty)
    }

    @Test("one that is never given up stays without any node")
    func never() {
        var plan = plan(services: [balanced()], nodes: []) { $0.withdrawal = .never }
        #expect(plan.takeStep(unhealthy: []).addresses == vip)
    }

    @Test("a node that is drained, or gone, takes no traffic either")
    func drained() {
        var plan = plan(services: [balanced()], nodes: [node(1)])
        _ = plan.takeStep(unhealthy: [])
        plan.give(NodeOrder(.drain, for: .init(node: "node1", service: nil), since: .now))
        #expect(plan.takeStep(unhealthy: []).addresses.isEmpty)
        plan.give(NodeOrder(.ready, for: .init(node: "node1", service: nil), since: .now))
        #expect(plan.takeStep(unhealthy: []).addresses == vip)
        plan.delete(node(1))
        #expect(plan.takeStep(unhealthy: []).addresses.isEmpty)
    }

    @Test("an address that Services share stays while one of them has a node")
    func shared() {
        let other = balanced("other", nodePort: 30_081)
        var plan = plan(.tcp, services: [balanced(), other], nodes: [node(1)])
        #expect(plan.takeStep(unhealthy: []).addresses == vip)
        let first = connectCheck("192.168.50.1:30080")
        let second = connectCheck("192.168.50.1:30081")
        plan.note(changed: [first])
        #expect(plan.takeStep(unhealthy: [first]).addresses == vip)
        plan.note(changed: [second])
        #expect(plan.takeStep(unhealthy: [first, second]).addresses.isEmpty)
        plan.delete(other)
        plan.note(changed: [first])
        #expect(plan.takeStep(unhealthy: []).addresses == vip)
        plan.delete(balanced())
        #expect(plan.takeStep(unhealthy: []).addresses.isEmpty)
        #expect(plan.servesAny)
    }

    @Test("each family goes by its own nodes")
    func families() {
        var v4Only = node(1)
        v4Only.status.addresses = [NodeAddress(type: "InternalIP", address: "192.168.50.1")]
        let service = balanced(addresses: ["198.51.100.10", "fd00:198::10"])
        for rule in [WithdrawalRule.empty, .unhealthy] {
            var plan = plan(services: [service], nodes: [v4Only]) { $0.withdrawal = rule }
            #expect(plan.takeStep(unhealthy: []).addresses == vip)
        }
    }

    @Test("a balancer is ready once the kernel holds all, unless no Service has a healthy node")
    func readiness() {
        func readiness(
            _ hasSynced: Bool, _ isHealthy: Bool, _ error: String?, _ servesAny: Bool
        ) -> BalancerReadiness {
            BalancerReadiness(
                hasSynced: hasSynced, isHealthy: isHealthy, lastError: error,
                servesAny: servesAny)
        }
        #expect(readiness(true, true, nil, true).isReady)
        for unready in [
            readiness(false, true, nil, true), readiness(true, false, nil, true),
            readiness(true, true, "EBUSY", true), readiness(true, true, nil, false),
        ] {
            #expect(!unready.isReady)
            #expect(unready.reason != nil)
        }
    }
}

import Forwarding
import HealthChecking
import KubeAPI
import LoadBalancer
import ServiceModel
import ServiceTranslation
import Testing

@Suite("What a balancer should do, from what it knows")
struct BalancerPlanTests {
    @Test("a Service's address leads to its nodePort on every node")
    func everyNode() {
        var plan = plan(services: [balanced()])
        let step = plan.takeStep(unhealthy: [])
        #expect(
            step.backends == [
                "198.51.100.10:80/tcp": [
                    "192.168.50.1:30080", "192.168.50.2:30080", "192.168.50.3:30080",
                ]
            ])
        #expect(step.addresses == [address("198.51.100.10")])
        #expect(step.startedChecks == [nodeCheck(1), nodeCheck(2), nodeCheck(3)])
        #expect(!plan.hasWork)
    }

    @Test("an address of each family leads to nodes of that family")
    func families() {
        var plan = plan(
            services: [balanced(addresses: ["198.51.100.10", "fd00:198::10"])], nodes: [node(1)])
        #expect(
            plan.takeStep(unhealthy: []).backends == [
                "198.51.100.10:80/tcp": ["192.168.50.1:30080"],
                "[fd00:198::10]:80/tcp": ["[fd00:50::1]:30080"],
            ])
    }

    @Test("a node's death takes it out of all Services in one step, and its recovery puts it back")
    func deathAndRecovery() {
        let services = (0..<20).map {
            balanced("web\($0)", nodePort: 30_080 + $0, addresses: ["198.51.100.\(10 + $0)"])
        }
        var plan = plan(services: services)
        _ = plan.takeStep(unhealthy: [])
        plan.note(changed: [nodeCheck(2)])
        let death = plan.takeStep(unhealthy: [nodeCheck(2)])
        #expect(death.updates.count == 20)
        #expect(
            death.backends["198.51.100.12:80/tcp"] == ["192.168.50.1:30082", "192.168.50.3:30082"])
        #expect(death.startedChecks.isEmpty && death.endedChecks.isEmpty)
        plan.note(changed: [nodeCheck(2)])
        #expect(plan.takeStep(unhealthy: []).backends["198.51.100.12:80/tcp"]?.count == 3)
    }

    @Test("without a healthy node a Service has no backend, so that it is refused at once")
    func noneHealthy() throws {
        var plan = plan(services: [balanced()])
        let step = plan.takeStep(unhealthy: [nodeCheck(1), nodeCheck(2), nodeCheck(3)])
        let entry = try #require(step.updates.first?.1.entries.first)
        #expect(entry.backends.isEmpty)
        #expect(entry.fallback == .refuse)
    }

    @Test(
        "nodes that are not ready or excluded get neither traffic nor checks",
        arguments: [
            node(2, ready: "False"), node(2, ready: "Unknown"),
            node(2, labels: [WellKnown.excludeFromLoadBalancers: ""]),
        ])
    func leftOut(other: NodeObject) {
        var plan = plan(services: [balanced()], nodes: [node(1, ready: "True"), other])
        let step = plan.takeStep(unhealthy: [])
        #expect(step.backends == ["198.51.100.10:80/tcp": ["192.168.50.1:30080"]])
        #expect(step.startedChecks == [nodeCheck(1)])
        #expect(plan.leftOutNodes.map(\.node.name) == ["node2"])
        plan.upsert(node(2))
        #expect(plan.takeStep(unhealthy: []).startedChecks == [nodeCheck(2)])
    }

    @Test("a change touches the Services it is about, and no others")
    func onlyTouched() {
        let other = balanced("api", nodePort: 30_081, addresses: ["198.51.100.11"])
        var plan = plan(.tcp, services: [balanced(), other])
        _ = plan.takeStep(unhealthy: [])
        let check = connectCheck("192.168.50.2:30080")
        plan.note(changed: [check])
        #expect(plan.takeStep(unhealthy: [check]).updates.map(\.service) == [web])
        plan.upsert(balanced(nodePort: 30_090))
        #expect(plan.takeStep(unhealthy: []).updates.map(\.service) == [web])
        plan.upsert(balanced(nodePort: 30_090))
        #expect(!plan.hasWork)
    }

    @Test("a Node that changes in what balancers do not care for changes nothing")
    func otherNodeChanges() {
        var plan = plan(services: [balanced()])
        _ = plan.takeStep(unhealthy: [])
        plan.upsert(node(2, labels: ["role": "worker"]))
        #expect(!plan.hasWork)
    }

    @Test("checks and addresses end with the last Service that needs them")
    func endings() {
        let other = balanced("api", nodePort: 30_081)
        var plan = plan(services: [balanced(), other], nodes: [node(1)])
        _ = plan.takeStep(unhealthy: [])
        plan.delete(other)
        let first = plan.takeStep(unhealthy: [])
        #expect(first.endedChecks.isEmpty)
        #expect(first.addresses == [address("198.51.100.10")])
        plan.upsert(balanced { $0.spec.type = "NodePort" })
        let last = plan.takeStep(unhealthy: [])
        #expect(last.endedChecks == [nodeCheck(1)])
        #expect(last.addresses.isEmpty)
        #expect(last.backends.isEmpty)
    }

    @Test("a check that passes from one Service to another in one step goes on")
    func handedOver() {
        var plan = plan(services: [balanced()], nodes: [node(1)])
        _ = plan.takeStep(unhealthy: [])
        plan.replaceServices([balanced("new")])
        let step = plan.takeStep(unhealthy: [])
        #expect(step.startedChecks.isEmpty && step.endedChecks.isEmpty)
        #expect(plan.services(using: nodeCheck(1)).map(\.name) == ["new"])
    }

    @Test("a node whose address changes is checked at the new one")
    func movedNode() {
        var plan = plan(services: [balanced()], nodes: [node(1)])
        _ = plan.takeStep(unhealthy: [])
        var moved = node(1)
        moved.status.addresses = [NodeAddress(type: "InternalIP", address: "192.168.50.9")]
        plan.upsert(moved)
        let step = plan.takeStep(unhealthy: [])
        #expect(step.endedChecks == [nodeCheck(1)])
        #expect(step.startedChecks == [nodeCheck(9)])
        #expect(step.backends == ["198.51.100.10:80/tcp": ["192.168.50.9:30080"]])
    }

    @Test("work that was put back is done again")
    func putBack() {
        var plan = plan(services: [balanced()])
        let lost = plan.takeStep(unhealthy: [])
        plan.putBack(lost.updates.map(\.service))
        #expect(plan.takeStep(unhealthy: []).backends == lost.backends)
    }

    @Test("a Service without nodePort is refused, and that is said")
    func withoutNodePort() throws {
        var plan = plan(services: [balanced(nodePort: nil)])
        let step = plan.takeStep(unhealthy: [])
        #expect(step.backends == ["198.51.100.10:80/tcp": []])
        #expect(try #require(step.warnings.first).contains("allocateLoadBalancerNodePorts"))
    }
}

import Addressing
import Forwarding
import FoundationEssentials
import HealthChecking
import KubeAPI
import LoadBalancer
import ServiceModel
import ServiceTranslation
import Testing

@Suite("Which nodes a balancer sends to")
struct NodeChoiceTests {
    private let frontend = "198.51.100.10:80/tcp"
    private let all = ["192.168.50.1:30080", "192.168.50.2:30080", "192.168.50.3:30080"]

    private func autoscalerTaint() throws -> Taint {
        let json = #"{"key": "ToBeDeletedByClusterAutoscaler", "effect": "NoSchedule"}"#
        return try JSONDecoder().decode(Taint.self, from: Data(json.utf8))
    }

    private func leaving() throws -> [NodeObject] {
        var deleted = node(2)
        deleted.metadata.deletionTimestamp = "2026-01-31T12:00:00Z"
        var tainted = node(2)
        tainted.spec.taints = [try autoscalerTaint()]
        return [deleted, tainted]
    }

    @Test("a node that is about to be taken away gets nothing")
    func leavingNodes() throws {
        for object in try leaving() {
            var plan = plan(services: [balanced()], nodes: [node(1), object])
            #expect(plan.takeStep(unhealthy: []).backends[frontend] == [all[0]])
            #expect(plan.leftOutNodes.map(\.objection) == [.leaving])
        }
    }

    @Test("a cordoned node is used or avoided, as the user chooses")
    func cordoned() {
        var object = node(2)
        object.spec.unschedulable = true
        for avoids in [true, false] {
            var plan = plan(services: [balanced()], nodes: [node(1), object]) {
                $0.avoidsCordoned = avoids
            }
            #expect(plan.takeStep(unhealthy: []).backends[frontend]?.count == (avoids ? 1 : 2))
            #expect(plan.leftOutNodes.map(\.objection) == (avoids ? [.cordoned] : []))
        }
    }

    @Test("a node that is cordoned while it serves keeps its connections")
    func cordonedLater() {
        var plan = plan(services: [balanced()]) { $0.avoidsCordoned = true }
        _ = plan.takeStep(unhealthy: [])
        var object = node(2)
        object.spec.unschedulable = true
        plan.upsert(object)
        let step = plan.takeStep(unhealthy: [])
        #expect(step.backends[frontend]?.count == 2)
        #expect(step.departures.isEmpty)
    }

    @Test("targets are counted by whether they take traffic")
    func tallies() throws {
        var drained = node(3)
        drained.metadata.annotations = ["sluice.io/balancer-state": "drain"]
        var plan = plan(services: [balanced()], nodes: [node(1), node(2), drained])
        let tally = try #require(plan.takeStep(unhealthy: [nodeCheck(2)]).tallies.first?.1)
        #expect([tally.serving, tally.failing, tally.withheld] == [1, 1, 1])
        plan.delete(balanced())
        #expect(plan.takeStep(unhealthy: []).tallies.map(\.1) == [nil])
    }

    @Test("when most nodes are down all are used, and that is said once")
    func failsOpen() {
        var plan = plan(services: [balanced()], panicThreshold: 50)
        _ = plan.takeStep(unhealthy: [])
        let down: Set = [nodeCheck(1), nodeCheck(2)]
        plan.note(changed: down)
        let step = plan.takeStep(unhealthy: down)
        #expect(step.backends[frontend] == all)
        #expect(step.warnings.count == 1)
        #expect(plan.failingOpen == [web])
        plan.note(changed: down)
        #expect(plan.takeStep(unhealthy: down).warnings.isEmpty)
        plan.note(changed: [nodeCheck(1)])
        #expect(plan.takeStep(unhealthy: [nodeCheck(2)]).backends[frontend] == [all[0], all[2]])
        #expect(plan.failingOpen.isEmpty)
    }

    @Test("refusals are held only while the Service has an endpoint")
    func holdsRefusals() {
        var plan = plan(services: [balanced()])
        func holds() -> Bool? {
            plan.takeStep(unhealthy: []).updates.first?.1.entries.first?.holdsRefusals
        }
        #expect(holds() == false)
        plan.upsert(slice())
        #expect(holds() == true)
        plan.upsert(slice(ready: false))
        #expect(holds() == false)
    }

    /// A Service with policy Local.
    private let local = balanced {
        $0.spec.externalTrafficPolicy = "Local"
        $0.spec.healthCheckNodePort = 32_000
    }

    /// Its check of node `number`.
    private func endpointCheck(_ number: Int) -> HealthCheck {
        HealthCheck(socket("192.168.50.\(number):32000"), .endpointCount, policy: testPolicy)
    }

    @Test("with policy Local nodes weigh as many endpoints as they have")
    func localWeights() {
        var plan = plan(services: [local], panicThreshold: 50)
        let checks = (1...3).map(endpointCheck)
        #expect(plan.takeStep(unhealthy: []).startedChecks == Set(checks))
        plan.note(changed: Set(checks))
        let weights = [checks[0]: 3, checks[1]: 1, checks[2]: 0]
        let slots = plan.takeStep(CheckStandings(weights: weights)).backends[frontend]
        #expect(slots == [all[0], all[0], all[0], all[1]])
        // Nodes without an endpoint are no failing nodes: nothing is left, so clients are refused.
        plan.note(changed: Set(checks))
        let none = Dictionary(uniqueKeysWithValues: checks.map { ($0, 0) })
        #expect(plan.takeStep(CheckStandings(weights: none)).backends[frontend] == [])
    }

    @Test("with policy Local nodes weigh what the API says until they tell it themselves")
    func expectedWeights() {
        var plan = plan(services: [local], panicThreshold: 50)
        plan.upsert(slice(on: ["node1", "node3", "node3"]))
        #expect(plan.takeStep(unhealthy: []).backends[frontend] == [all[0], all[2], all[2]])
        let check = endpointCheck(2)
        plan.note(changed: [check])
        let slots = plan.takeStep(CheckStandings(weights: [check: 1])).backends[frontend]
        #expect(slots == [all[0], all[1], all[2], all[2]])
    }

    @Test("a node that returns has a part of its share")
    func warmth() {
        var plan = plan(services: [balanced()], nodes: [node(1), node(2)])
        let slots = plan.takeStep(CheckStandings(warmth: [nodeCheck(2): 1])).backends[frontend]
        #expect(slots?.count { $0 == all[0] } == 5)
        #expect(slots?.count { $0 == all[1] } == 1)
    }

    @Test("annotations drain a node, for one Service or for all; the strictest order holds")
    func orders() {
        var drained = node(2)
        drained.metadata.annotations = ["sluice.io/balancer-state": "drain"]
        let other = balanced("api", nodePort: 30_081, addresses: ["198.51.100.11"]) {
            $0.metadata.annotations = ["sluice.io/balancer-maintenance": "node1, node2"]
        }
        var plan = plan(services: [balanced(), other], nodes: [node(1), drained, node(3)])
        let step = plan.takeStep(unhealthy: [])
        #expect(step.backends[frontend] == [all[0], all[2]])
        #expect(step.backends["198.51.100.11:80/tcp"] == ["192.168.50.3:30081"])
        let departures = step.departuresByPlace
        #expect(departures[.init(.tcp, socket("192.168.50.2:30080"))] == .drained)
        #expect(departures[.init(.tcp, socket("192.168.50.2:30081"))] == .down)
        #expect(plan.draining[web]?.map(\.node) == ["node2"])
        plan.give(NodeOrder(.ready, for: .init(node: "node2"), since: .now))
        #expect(plan.takeStep(unhealthy: []).backends[frontend]?.count == 2)
    }

    @Test("an annotation that says no state is told, and the node serves")
    func badOrder() {
        var odd = node(2)
        odd.metadata.annotations = ["sluice.io/balancer-state": "asleep"]
        var plan = plan(services: [balanced()], nodes: [odd])
        let step = plan.takeStep(unhealthy: [])
        #expect(step.backends[frontend] == [all[1]])
        #expect(step.warnings.contains { $0.contains("asleep") })
    }

    @Test("a Service's own check is one more, and what is bad in it is told")
    func ownCheck() {
        let own = balanced("own", nodePort: 30_081, addresses: ["198.51.100.11"]) {
            $0.metadata.annotations = [
                "sluice.io/check": "https/ready", "sluice.io/check-rise": "no",
            ]
        }
        var plan = plan(services: [balanced(), own], nodes: [node(1)])
        let step = plan.takeStep(unhealthy: [])
        #expect(
            Set(step.startedChecks.map(\.description))
                == ["http 192.168.50.1:10256/healthz", "https 192.168.50.1:30081/ready"])
        #expect(step.warnings.count == 1)
        #expect(step.warnings.first?.contains("sluice.io/check-rise") == true)
    }
}

import Addressing
import Forwarding
import KubeAPI
import LoadBalancer
import ServiceModel
import ServiceTranslation
import Testing

@Suite("What follows from a target's ejection")
struct EjectionPlanTests {
    private func plan(
        _ annotations: [String: String]? = ["sluice.io/ejection": "on"], nodes: Int = 3,
        panicThreshold: Int = 50
    ) -> BalancerPlan {
        var rules = BalancerRules()
        rules.panicThreshold = panicThreshold
        var plan = BalancerPlan(
            CheckAssignment(httpDefinition, policy: testPolicy), rules: rules)
        plan.replaceServices([balanced { $0.metadata.annotations = annotations }])
        plan.replaceNodes((1...nodes).map { node($0) })
        plan.replaceSlices([slice()])
        return plan
    }

    private func backends(_ step: BalancerPlan.Step) -> [String] {
        step.updates.flatMap { $0.1.entries }.flatMap(\.backends).map { "\($0)" }
    }

    @Test("it gets no new connections, keeps those it has, and is watched on")
    func ejection() {
        var plan = plan()
        let first = plan.takeStep(CheckStandings())
        #expect(first.observed.map(\.1.count) == [3])
        var standings = CheckStandings()
        standings.ejected = [socket("192.168.50.2:30080")]
        plan.note(ejectedOf: [web])
        let step = plan.takeStep(standings)
        #expect(backends(step) == ["192.168.50.1:30080", "192.168.50.3:30080"])
        #expect(step.departures.isEmpty)
        #expect(step.observed.map(\.1.count) == [3])
    }

    @Test("a Service that wants it no more has its targets back at once")
    func switchedOff() {
        var plan = plan()
        var standings = CheckStandings()
        standings.ejected = [socket("192.168.50.2:30080")]
        #expect(backends(plan.takeStep(standings)).count == 2)
        plan.upsert(balanced())
        let step = plan.takeStep(standings)
        #expect(backends(step).count == 3)
        #expect(step.observed.map(\.1.count) == [0])
    }

    @Test("it is used all the same when no other is left")
    func last() {
        var plan = plan(nodes: 2, panicThreshold: 0)
        _ = plan.takeStep(CheckStandings())
        var standings = CheckStandings(unhealthy: [nodeCheck(1)])
        standings.ejected = [socket("192.168.50.2:30080")]
        plan.note(ejectedOf: [web])
        #expect(backends(plan.takeStep(standings)) == ["192.168.50.2:30080"])
    }

    @Test("what a check speaks against is not watched")
    func unhealthy() {
        var plan = plan()
        let step = plan.takeStep(CheckStandings(unhealthy: [nodeCheck(2)]))
        #expect(
            step.observed.flatMap(\.1).map(\.description)
                == ["192.168.50.1:30080", "192.168.50.3:30080"])
    }

    @Test("nothing is watched where it is off, or where there is no endpoint")
    func off() {
        for annotations in [nil, ["sluice.io/ejection": "off"]] as [[String: String]?] {
            var plan = plan(annotations)
            #expect(plan.takeStep(CheckStandings()).observed.flatMap(\.1).isEmpty)
        }
        var empty = plan()
        empty.replaceSlices([])
        #expect(empty.takeStep(CheckStandings()).observed.flatMap(\.1).isEmpty)
    }

    @Test("an annotation that is neither on nor off is named")
    func problem() {
        var plan = plan(["sluice.io/ejection": "yes"])
        let step = plan.takeStep(CheckStandings())
        #expect(step.observed.flatMap(\.1).isEmpty)
        #expect(step.warnings.contains { $0.contains("default/web, sluice.io/ejection") })
    }
}

import Addressing
import Forwarding
import FoundationEssentials
import HealthChecking
import ServiceModel
import ServiceTranslation
import Testing

@testable import LoadBalancer

@Suite("A node's death in a large cluster")
struct NodeDeathTests {
    private let vip = "198.51.100.10:80/tcp"

    private func started(nodes: Int = 40) -> BalancerPlan {
        var plan = BalancerPlan(CheckAssignment(httpDefinition, policy: testPolicy))
        plan.replaceServices([balanced()])
        plan.replaceNodes((1...nodes).map { node($0) })
        return plan
    }

    @Test("it changes one slot of a Service and takes the last away")
    func death() throws {
        var plan = started()
        let before = try #require(plan.takeStep(unhealthy: []).backends[vip])
        plan.note(changed: [nodeCheck(7)])
        let after = try #require(plan.takeStep(unhealthy: [nodeCheck(7)]).backends[vip])
        #expect(before.count == 40 && after.count == 39)
        #expect(zip(before, after).count { $0 != $1 } == 1)
        plan.note(changed: [nodeCheck(7)])
        #expect(plan.takeStep(unhealthy: []).backends[vip] == before)
    }

    @Test("a balancer that starts now has the same slots as one that saw it")
    func restart() {
        var witness = started()
        _ = witness.takeStep(unhealthy: [])
        for dead in [[nodeCheck(7)], [nodeCheck(7), nodeCheck(39)], [nodeCheck(39)]] {
            witness.note(changed: [nodeCheck(7), nodeCheck(39)])
            let seen = witness.takeStep(unhealthy: Set(dead)).backends
            var fresh = started()
            #expect(fresh.takeStep(unhealthy: Set(dead)).backends == seen)
        }
    }

    @Test("a node that nothing speaks of takes traffic; orders, weights and warmth are heeded")
    func standings() throws {
        var plan = started(nodes: 1)
        _ = plan.takeStep(unhealthy: [])
        let service = try #require(plan.balancedServices.first)
        let target = try #require(plan.checkedTargets(of: service).first)
        let full = CheckStandings.warmthSteps
        func standing(_ standings: CheckStandings) -> TargetStanding {
            StandingReader(standings).standing(of: target)
        }
        #expect(standing(CheckStandings(unhealthy: [nodeCheck(2)])) == .serving(weight: full))
        #expect(standing(CheckStandings(unhealthy: [nodeCheck(1)])) == .failing)
        #expect(standing(CheckStandings(weights: [nodeCheck(1): 3])) == .serving(weight: 3 * full))
        #expect(standing(CheckStandings(weights: [nodeCheck(1): 0])) == .withheld)
        #expect(standing(CheckStandings(warmth: [nodeCheck(1): 2])) == .serving(weight: 2))
        plan.give(NodeOrder(.drain, for: .init(node: "node1"), since: .now))
        let drained = try #require(plan.checkedTargets(of: service).first)
        #expect(StandingReader(CheckStandings()).standing(of: drained) == .withheld)
    }
}

import Addressing
import Forwarding
import FoundationEssentials
import HealthChecking
import KubeAPI
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

    /// Services that differ in all that decides who gets their packets.
    private var variety: [ServiceObject] {
        let kinds: [(inout ServiceObject) -> Void] = [
            { _ in },
            { $0.spec.sessionAffinity = "ClientIP" },
            { $0.spec.externalTrafficPolicy = "Local" },
            { $0.metadata.annotations = ["sluice.io/check": "tcp"] },
            { $0.metadata.annotations = ["sluice.io/balancer-drain": "node2"] },
            {
                $0.status.loadBalancer?.ingress?.append(LoadBalancerIngress(ip: "2001:db8::10"))
                $0.spec.clusterIPs = ["10.96.0.10", "fd00:10::10"]
            },
        ]
        return ["direct-return", "masquerade"].flatMap { dataPlane in
            kinds.enumerated().flatMap { index, change in
                ["random", "maglev"].map { method in
                    balanced("\(dataPlane)-\(index)-\(method)", nodePort: 30_080 + index) {
                        change(&$0)
                        $0.metadata.annotations = ($0.metadata.annotations ?? [:]).merging([
                            "sluice.io/data-plane": dataPlane, "sluice.io/balancing": method,
                        ]) { own, _ in own }
                    }
                }
            }
        }
    }

    @Test(
        "it makes of a Service among others with the same nodes what it makes of one alone",
        arguments: [[], [1], [1, 2], [1, 2, 3]])
    func alone(dead: [Int]) throws {
        let addresses = Set(dead.map { address("192.168.50.\($0)") })
        func entries(_ services: [ServiceObject]) -> [ServiceIdentity: [ForwardingEntry]] {
            var plan = plan(
                services: services, nodes: (1...4).map { node($0) }, panicThreshold: 50)
            let checks = plan.takeStep(unhealthy: []).startedChecks
            plan.note(changed: checks)
            let step = plan.takeStep(
                unhealthy: checks.filter { addresses.contains($0.socket.address) })
            return Dictionary(uniqueKeysWithValues: step.updates.map { ($0, $1.entries) })
        }
        let together = entries(variety)
        #expect(together.count == variety.count)
        for service in variety {
            let alone = entries([service])
            #expect(alone.count == 1)
            for (identity, found) in alone { #expect(together[identity] == found) }
        }
    }

    @Test("a node that nothing speaks of takes traffic; orders, weights and warmth are heeded")
    func standings() throws {
        var plan = started(nodes: 1)
        _ = plan.takeStep(unhealthy: [])
        let service = try #require(plan.balancedServices.first)
        let full = CheckStandings.warmthSteps
        func standing(_ standings: CheckStandings) -> TargetStanding? {
            plan.targets(of: service, standings).first?.standing
        }
        #expect(standing(CheckStandings(unhealthy: [nodeCheck(2)])) == .serving(weight: full))
        #expect(standing(CheckStandings(unhealthy: [nodeCheck(1)])) == .failing)
        #expect(standing(CheckStandings(weights: [nodeCheck(1): 3])) == .serving(weight: 3 * full))
        #expect(standing(CheckStandings(weights: [nodeCheck(1): 0])) == .withheld)
        #expect(standing(CheckStandings(warmth: [nodeCheck(1): 2])) == .serving(weight: 2))
        plan.give(NodeOrder(.drain, for: .init(node: "node1"), since: .now))
        #expect(standing(CheckStandings()) == .withheld)
    }
}

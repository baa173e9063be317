import FoundationEssentials
import ServiceModel
import ServiceTranslation
import Testing

@testable import LoadBalancer

@Suite("Orders for nodes, and which of them holds")
struct NodeOrdersTests {
    private static let states: [ServingState] = [.ready, .drain, .maintenance]

    private func stateOfNode2(_ orders: [NodeOrder]) throws -> ServingState {
        var plan = plan(services: [balanced()])
        for order in orders { plan.give(order) }
        _ = plan.takeStep(unhealthy: [])
        let service = try #require(plan.balancedServices.first)
        let target = plan.targets(of: service, CheckStandings()).first {
            $0.target.node == "node2"
        }
        return try #require(target).state
    }

    private func order(_ state: ServingState, service: String? = nil) -> NodeOrder {
        NodeOrder(state, for: .init(node: "node2", service: service), since: .now)
    }

    @Test("from each state an order leads to each", arguments: states, states)
    func transitions(from: ServingState, to: ServingState) throws {
        #expect(try stateOfNode2([order(from), order(to)]) == to)
        let service = "default/web"
        #expect(
            try stateOfNode2([order(from, service: service), order(to, service: service)]) == to)
    }

    @Test(
        "of an order for the node and one for a Service the stricter holds", arguments: states,
        states)
    func strictest(node: ServingState, service: ServingState) throws {
        let orders = [order(node), order(service, service: "default/web")]
        #expect(try stateOfNode2(orders) == max(node, service))
        #expect(try stateOfNode2(orders.reversed()) == max(node, service))
    }

    @Test("an order for another node or Service does not hold here", arguments: states)
    func elsewhere(state: ServingState) throws {
        let others = [
            order(state, service: "default/other"),
            NodeOrder(state, for: .init(node: "node1"), since: .now),
        ]
        #expect(try stateOfNode2(others) == .ready)
    }

    @Test("of two drains the earlier deadline holds, and `ready` forgets it")
    func deadlines() {
        let start = Date(timeIntervalSince1970: 1_000)
        var orders = NodeOrders([
            NodeOrder(.drain, for: .init(node: "node2"), since: start, deadline: start + 60),
            NodeOrder(
                .drain, for: .init(node: "node2", service: "default/web"), since: start,
                deadline: start + 30),
        ])
        #expect(orders.deadline(of: "node2", for: web) == start + 30)
        orders.give(order(.ready, service: "default/web"))
        #expect(orders.deadline(of: "node2", for: web) == start + 60)
        orders.give(order(.ready))
        #expect(orders.deadline(of: "node2", for: web) == nil)
        #expect(orders == NodeOrders())
    }
}

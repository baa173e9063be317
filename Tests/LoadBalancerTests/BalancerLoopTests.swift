import APIClient
import Addressing
import Foundation
import HealthChecking
import KubeAPI
import Netfilter
import ServiceModel
import TableSync
import Testing

@testable import LoadBalancer

@Suite("What a balancer does, and in which order")
struct BalancerLoopTests {
    private let vip = "198.51.100.10:80/tcp"

    /// A balancer that has taken over these Services on three nodes.
    private func started(
        _ services: [ServiceObject] = [balanced()], fall: Int = 2,
        flows: [SocketEndpoint: Int] = [:], _ change: (inout BalancerRules) -> Void = { _ in }
    ) async throws -> MemoryBalancer {
        let balancer = await MemoryBalancer.strict(
            services, policy: policy(fall: fall), flows: flows, change)
        _ = balancer.deeds.take()
        return balancer
    }

    @Test("a dead node leaves all Services at once, its flows are deleted, then shares are exact")
    func death() async throws {
        let names = ["api", "web"]
        let services = zip(names, [1, 2]).map { name, number in
            balanced(name, nodePort: 30_080 + number, addresses: ["198.51.100.\(10 + number)"])
        }
        let balancer = try await started(services)
        balancer.tell(.timedOut, of: nodeCheck(2), times: 1)
        await balancer.loop.turn()
        #expect(balancer.deeds.take().isEmpty)
        balancer.tell(.timedOut, of: nodeCheck(2), times: 1)
        await balancer.loop.turn()
        let filters = [1, 2].map { number in
            FlowFilter(
                transport: .tcp, frontend: socket("198.51.100.\(10 + number):80"),
                backend: socket("192.168.50.2:\(30_080 + number)"))
        }
        let held = Deed.held([address("198.51.100.11"), address("198.51.100.12")])
        let deeds = [Deed.withdrew(names), .swept, .deleted(filters), .wrote(names), held]
        #expect(balancer.deeds.take() == deeds)
        #expect(
            await balancer.writer.backends["198.51.100.12:80/tcp"]
                == ["192.168.50.1:30082", "192.168.50.3:30082"])
    }

    @Test("a recovered node returns, and no flow is deleted for it")
    func recovery() async throws {
        let balancer = try await started()
        balancer.tell(.refused, of: nodeCheck(2), times: 2)
        await balancer.loop.turn()
        _ = balancer.deeds.take()
        balancer.tell(nil, of: nodeCheck(2), times: 2)
        await balancer.loop.turn()
        #expect(
            balancer.deeds.take() == [.wrote(["web"]), .held([address("198.51.100.10")])])
        #expect(await balancer.writer.backends[vip]?.count == 3)
    }

    @Test("when the last node dies the Service refuses, and the balancer is well")
    func allDead() async throws {
        let balancer = try await started()
        for number in 1...3 { balancer.tell(.timedOut, of: nodeCheck(number), times: 2) }
        await balancer.loop.turn()
        #expect(await balancer.writer.backends == [vip: []])
        #expect(balancer.health.isHealthy(at: .now))
    }

    @Test("a node that falls and rises between two turns leaves no trace in the tables")
    func flicker() async throws {
        let balancer = try await started(fall: 1)
        balancer.tell(.timedOut, of: nodeCheck(2, fall: 1), times: 1)
        balancer.tell(nil, of: nodeCheck(2, fall: 1), times: 2)
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 3)
        #expect(!balancer.deeds.take().contains { if case .deleted = $0 { true } else { false } })
    }

    @Test("a Service that is gone leaves no frontend and no address")
    func serviceGone() async throws {
        let balancer = try await started()
        await balancer.inbox.take(services: .deleted(balanced()))
        await balancer.loop.turn()
        #expect(await balancer.writer.backends == [:])
        #expect(balancer.deeds.take().last == .held([]))
        #expect(balancer.board.records.isEmpty)
    }

    @Test("while the API is away deaths are acted upon")
    func apiAway() async throws {
        let balancer = try await started()
        let error = APIClientError(.unreachable, request: "GET /api/v1/nodes", detail: "gone")
        await balancer.inbox.take(nodes: .disconnected(error))
        // One kind that arrives does not make up for another that does not.
        await balancer.inbox.take(services: .connected)
        #expect(balancer.health.state.disconnected != nil)
        balancer.tell(.timedOut, of: nodeCheck(3), times: 2)
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 2)
        #expect(balancer.health.isHealthy(at: .now))
        await balancer.inbox.take(nodes: .connected)
        #expect(balancer.health.state.disconnected == nil)
    }

    @Test("a write that fails is told, and done again later")
    func failure() async throws {
        let balancer = try await started()
        await balancer.writer.refuse(times: 1)
        balancer.tell(.timedOut, of: nodeCheck(2), times: 2)
        await balancer.loop.turn()
        #expect(balancer.health.state.lastError?.contains("EBUSY") == true)
        #expect(!balancer.health.isHealthy(at: .now + .seconds(61)))
        let deadline = ContinuousClock.now + .seconds(120)
        while balancer.health.state.lastError != nil, .now < deadline {
            await balancer.loop.turn()
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(await balancer.writer.backends[vip]?.count == 2)
        #expect(balancer.health.isHealthy(at: .now + .seconds(61)))
    }

    @Test("the status tells nodes, checks, reasons and addresses")
    func status() async throws {
        let balancer = try await started()
        await balancer.inbox.take(
            nodes: .upserted(node(3, labels: [WellKnown.excludeFromLoadBalancers: ""])))
        balancer.tell(nil, of: nodeCheck(1), times: 1)
        balancer.tell(.status(503), of: nodeCheck(2), times: 2)
        await balancer.loop.turn()
        let status = StatusReading(
            refusals: [], blocked: [], ejections: [:],
            plan: await balancer.inbox.plan, records: balancer.board.records,
            standings: balancer.board.standings, flows: [socket("192.168.50.1:30080"): 7],
            addresses: [AddressStatus(address("198.51.100.10"), state: "held")]
        ).status(health: balancer.health.state, isHealthy: true)
        #expect(status.addresses.map(\.address) == ["198.51.100.10"])
        #expect(status.nodes.map(\.state) == ["ready", "unhealthy", "excluded"])
        let check = try #require(status.nodes[1].checks.first)
        #expect(check.target == "http 192.168.50.2:10256/healthz")
        #expect(check.state == "unhealthy")
        #expect(check.reason == "HTTP status 503")
        #expect(check.serviceCount == 1)
        #expect(check.lastMilliseconds == 1)
        #expect(check.since.hasSuffix("Z"))
        #expect(status.nodes[0].checks.first?.lastFailure == nil)
        #expect(status.nodes.map(\.flows) == [7, 0, 0])
        let backends = try #require(status.services.first).backends
        #expect(backends.map(\.state) == ["up", "down"])
        #expect(backends.map(\.weight) == [1, 0])
        #expect(backends.map(\.flows) == [7, 0])
        #expect(backends[1].reason == "HTTP status 503")
        #expect(backends[1].checks == ["http 192.168.50.2:10256/healthz"])
    }

    @Test("connections to a dead node are left alone if that is wanted")
    func keepsEstablished() async throws {
        let balancer = try await started { $0.keepsEstablished = true }
        balancer.tell(.timedOut, of: nodeCheck(2), times: 2)
        await balancer.loop.turn()
        let filter = FlowFilter(
            transport: .tcp, frontend: socket("198.51.100.10:80"),
            backend: socket("192.168.50.2:30080"), onlyUnanswered: true)
        #expect(balancer.deeds.take().contains(.deleted([filter])))
    }

    @Test("a drained node gets no new connections and keeps those it has; maintenance ends them")
    func drain() async throws {
        let balancer = try await started()
        let place = NodeOrder.Place(node: "node2")
        _ = await balancer.inbox.give(NodeOrder(.drain, for: place, since: .now))
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 2)
        #expect(!balancer.deeds.take().contains { if case .deleted = $0 { true } else { false } })
        #expect(balancer.board.records[nodeCheck(2)] != nil)
        _ = await balancer.inbox.give(NodeOrder(.ready, for: place, since: .now))
        await balancer.loop.turn()
        #expect(await balancer.writer.backends[vip]?.count == 3)
        _ = await balancer.inbox.give(NodeOrder(.maintenance, for: place, since: .now))
        await balancer.loop.turn()
        #expect(balancer.deeds.take().contains { if case .deleted = $0 { true } else { false } })
        #expect(balancer.board.records[nodeCheck(2)] == nil)
    }

    @Test("when a drain's deadline comes what is left is ended")
    func deadline() async throws {
        let backend = socket("192.168.50.2:30080")
        let balancer = try await started(flows: [backend: 3])
        _ = await balancer.inbox.give(
            NodeOrder(.drain, for: .init(node: "node2"), since: .now, deadline: .distantPast))
        let filter = FlowFilter(transport: .tcp, backend: backend)
        let deadline = ContinuousClock.now + .seconds(120)
        var deeds: [Deed] = []
        while !deeds.contains(.deleted([filter])), .now < deadline {
            await balancer.loop.turn()
            deeds += balancer.deeds.take()
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(deeds.contains(.deleted([filter])))
    }

    @Test("an order for a node or a Service that there is not is refused")
    func unknownOrder() async throws {
        let balancer = try await started()
        for place in [
            NodeOrder.Place(node: "node9"), .init(node: "node2", service: "default/other"),
        ] {
            #expect(
                await balancer.inbox.give(NodeOrder(.drain, for: place, since: .now)) == nil)
        }
    }
}

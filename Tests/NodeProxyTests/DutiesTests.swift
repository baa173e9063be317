import Addressing
import Foundation
import KubeAPI
import NodeProxy
import ServiceModel
import ServiceTranslation
import Testing

@Suite("What Services ask of a node besides frontends")
struct DutiesTests {
    private let plan = NodePlan(configuration())
    private let web = ServiceIdentity(namespace: "default", name: "web10")

    /// A Service behind a load balancer with policy Local, unless it is changed.
    private func balanced(_ change: (inout ServiceSpec) -> Void = { _ in }) -> ServiceObject {
        var object = service(10, nodePort: 30_010)
        object.spec.type = "LoadBalancer"
        object.spec.externalTrafficPolicy = "Local"
        object.spec.healthCheckNodePort = 32_010
        change(&object.spec)
        return object
    }

    private func endpoint(
        _ address: String, on node: String?, ready: Bool? = true, serving: Bool? = nil,
        terminating: Bool? = nil
    ) -> SliceEndpoint {
        var endpoint = SliceEndpoint(
            addresses: [address],
            conditions: EndpointConditions(
                ready: ready, serving: serving, terminating: terminating))
        endpoint.nodeName = node
        return endpoint
    }

    private func duties(
        _ object: ServiceObject, _ endpoints: [SliceEndpoint] = [], _ ipv6: [SliceEndpoint] = []
    ) -> ServiceDuties {
        var snapshot = ClusterSnapshot()
        _ = snapshot.upsert(object)
        _ = snapshot.upsert(node(1))
        for (name, type, endpoints) in [("a", "IPv4", endpoints), ("b", "IPv6", ipv6)] {
            var slice = slice(of: 10, pods: [])
            slice.metadata.name = "web10-\(name)"
            slice.addressType = type
            slice.endpoints = endpoints
            _ = snapshot.upsert(slice)
        }
        return plan.duties(of: web, in: snapshot)
    }

    private func count(_ endpoints: [SliceEndpoint], _ ipv6: [SliceEndpoint] = []) -> Int? {
        duties(balanced(), endpoints, ipv6).healthCheck?.localEndpointCount
    }

    @Test("91: the health check counts the ready endpoints of this node")
    func counts() {
        #expect(
            duties(balanced()).healthCheck
                == Port(32_010).map { .init(port: $0, localEndpointCount: 0) })
        #expect(
            count([
                endpoint("10.244.1.2", on: "node1"), endpoint("10.244.1.3", on: "node1"),
                endpoint("10.244.2.2", on: "node2"), endpoint("10.244.9.9", on: nil),
                endpoint("10.244.1.4", on: "node1", ready: false),
            ]) == 2)
    }

    @Test("65: endpoints that terminate do not count, though they may still serve")
    func terminating() {
        #expect(
            count([
                endpoint(
                    "10.244.1.2", on: "node1", ready: false, serving: true, terminating: true)
            ]) == 0)
    }

    @Test("an endpoint with an address of each family counts once")
    func dualStack() {
        #expect(
            count(
                [endpoint("10.244.1.2", on: "node1")], [endpoint("fd00:244:1::2", on: "node1")])
                == 1)
    }

    @Test("86, 88: only a load balancer's Service with policy Local has a health check")
    func whichServices() {
        #expect(duties(balanced { $0.externalTrafficPolicy = "Cluster" }).healthCheck == nil)
        #expect(duties(balanced { $0.type = "NodePort" }).healthCheck == nil)
        #expect(duties(balanced { $0.healthCheckNodePort = nil }).healthCheck == nil)
    }

    @Test("nodePorts are asked for by all but ClusterIP Services, with their protocols")
    func nodePorts() throws {
        let port = try #require(Port(30_010))
        #expect(duties(balanced()).nodePorts == [.init(.tcp, port)])
        #expect(duties(service(10, nodePort: 30_010)).nodePorts == [.init(.tcp, port)])
        #expect(duties(service(10)).isEmpty)
        var other = service(10, nodePort: 30_010)
        other.metadata.labels = ["service.kubernetes.io/service-proxy-name": "another"]
        #expect(duties(other).isEmpty)
    }

    @Test("a board tells where to listen, and when that changes")
    func board() async throws {
        let board = ServiceHealthBoard()
        let port = try #require(Port(32_010))
        let entry = ServiceHealthBoard.Entry(service: web, localEndpointCount: 1)
        let addresses = [address("192.168.50.1"), address("fd00:50::1")]
        board.publish([port: entry], at: addresses)
        #expect(
            board.listeners
                == Set(addresses.map { SocketEndpoint(address: $0, port: port) }))
        #expect(board.entry(at: port) == entry)
        var changes = board.changes.makeAsyncIterator()
        #expect(await changes.next() != nil)
        board.publish(
            [port: .init(service: web, localEndpointCount: 2)], at: addresses)
        #expect(board.entry(at: port)?.localEndpointCount == 2)
        board.publish([:], at: addresses)
        #expect(await changes.next() != nil)
        #expect(board.listeners.isEmpty)
        #expect(board.entry(at: port) == nil)
    }

    @Test("a board says what an earlier run said, until it has something to say itself")
    func resumedBoard() async throws {
        let earlier = ServiceHealthBoard()
        #expect(earlier.record == nil)
        let port = try #require(Port(32_010))
        let entry = ServiceHealthBoard.Entry(service: web, localEndpointCount: 2)
        earlier.publish([port: entry], at: [address("192.168.50.1"), address("fd00:50::1")])
        let text = try JSONEncoder().encode(earlier.record)
        let record = try JSONDecoder().decode(ServiceHealthBoard.Record.self, from: text)
        let board = ServiceHealthBoard()
        board.resume(record)
        #expect(board.entry(at: port) == entry)
        #expect(board.listeners == earlier.listeners)
        var changes = board.changes.makeAsyncIterator()
        #expect(await changes.next() != nil)
        board.publish([:], at: [])
        board.resume(record)
        #expect(board.listeners.isEmpty)
    }
}

import Addressing
import Support
import Testing

@testable import ServiceModel

@Suite("which endpoints may take a Service's traffic")
struct EndpointSelectionTests {
    @Test("ready endpoints of all nodes take it, the local ones first, each sorted")
    func clusterPolicy() throws {
        let selection = try select([
            endpoint(3, on: "node2"), endpoint(9, on: "node1"), endpoint(2, on: "node1"),
            endpoint(1, on: "node2"), endpoint(4, on: nil),
        ])
        #expect(selection.local.map(\.description) == ["10.244.0.2:8080", "10.244.0.9:8080"])
        #expect(
            selection.remote.map(\.description)
                == ["10.244.0.1:8080", "10.244.0.3:8080", "10.244.0.4:8080"])
        #expect(selection.all.count == 5)
        #expect(!selection.isServedElsewhere)
    }

    @Test("unready endpoints take none, unless the Service publishes them")
    func unready() throws {
        let endpoints = try [endpoint(1, .unready), endpoint(2)]
        #expect(try select(endpoints).all.map(\.description) == ["10.244.0.2:8080"])
        #expect(try select([endpoint(1, .unready)]).isEmpty)
        let published = try select(endpoints) { $0.publishesNotReady = true }
        #expect(published.all.count == 2)
    }

    @Test("60: only terminating endpoints left: those that still serve take it")
    func terminatingFallback() throws {
        let selection = try select([
            endpoint(1, .terminating), endpoint(2, .unready), endpoint(3, .gone),
        ])
        #expect(selection.all.map(\.description) == ["10.244.0.1:8080"])
    }

    @Test("64: one ready endpoint ends the fallback")
    func fallbackEnds() throws {
        let selection = try select([endpoint(1, .terminating), endpoint(2)])
        #expect(selection.all.map(\.description) == ["10.244.0.2:8080"])
    }

    @Test("79: the policy Local leaves out other nodes, and says that they would serve")
    func localPolicy() throws {
        let endpoints = try [endpoint(1, on: "node1"), endpoint(2, on: "node2")]
        let here = try select(endpoints, policy: .local)
        #expect(here.all.map(\.description) == ["10.244.0.1:8080"])
        #expect(!here.isServedElsewhere)
        let elsewhere = try select(endpoints, policy: .local, on: "node3")
        #expect(elsewhere.isEmpty)
        #expect(elsewhere.isServedElsewhere)
        let nowhere = try select([endpoint(1, .unready)], policy: .local, on: "node3")
        #expect(!nowhere.isServedElsewhere)
    }

    @Test("61, 63: under Local the fallback looks at the node alone")
    func localTerminating() throws {
        let endpoints = try [
            endpoint(1, .terminating, on: "node1"), endpoint(2, on: "node2"),
            endpoint(3, .terminating, on: "node3"),
        ]
        #expect(
            try select(endpoints, policy: .local).all.map(\.description) == ["10.244.0.1:8080"])
        let other = try select(endpoints, policy: .local, on: "node4")
        #expect(other.isEmpty && other.isServedElsewhere)
    }

    @Test("an endpoint without a node is never local, also for a host that is no node")
    func withoutNode() throws {
        #expect(try select([endpoint(1, on: nil)], policy: .local, on: nil).isEmpty)
        #expect(try select([endpoint(1, on: nil)], on: nil).remote.count == 1)
    }

    @Test("an endpoint that several slices name counts once, the ready and local one")
    func duplicates() throws {
        let first = try group([endpoint(1, .unready, on: "node2"), endpoint(2, on: "node2")])
        let second = try group([endpoint(1, on: "node2"), endpoint(2, on: "node1")])
        let selection = try select(groups: [first, second, first])
        #expect(selection.local.map(\.description) == ["10.244.0.2:8080"])
        #expect(selection.remote.map(\.description) == ["10.244.0.1:8080"])
    }

    @Test("159: each slice's port serves its own addresses")
    func portsPerSlice() throws {
        let http = try port("http")
        let groups = try [
            group([endpoint(1)], port: "http", 8080), group([endpoint(2)], port: "http", 9090),
            group([endpoint(3)], port: "other", 7070),
        ]
        let selection = EndpointSelection(
            service: service, port: http, groups: groups, family: .v4, place: place("node1"),
            policy: .cluster)
        #expect(selection.all.map(\.description) == ["10.244.0.1:8080", "10.244.0.2:9090"])
    }

    @Test("a port of the same name and another protocol is another port")
    func otherProtocol() throws {
        let udp = ServicePort(name: "http", transport: .udp, port: try #require(Port(80)))
        let groups = [try group([endpoint(1)])]
        let selection = EndpointSelection(
            service: service, port: udp, groups: groups, family: .v4, place: place("node1"),
            policy: .cluster)
        #expect(selection.isEmpty)
    }

    @Test("endpoints of the other family are not mixed in")
    func families() throws {
        let address = try #require(IPAddress("fd00:10:244::1"))
        let port = EndpointPort(name: "http", transport: .tcp, port: try #require(Port(8080)))
        let six = EndpointGroup(family: .v6, ports: [port], endpoints: [Endpoint(address: address)])
        let four = try group([endpoint(1)])
        #expect(try select(groups: [six, four]).all.map(\.description) == ["10.244.0.1:8080"])
        #expect(
            try select(groups: [six, four], family: .v6).all.map(\.description)
                == ["[fd00:10:244::1]:8080"])
    }

    @Test("the order of the slices does not matter", arguments: 0..<20 as Range<UInt64>)
    func deterministic(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let states: [State] = [.ready, .unready, .terminating, .gone]
        let nodes = ["node1", "node2", nil]
        let endpoints = try (1...40).map { _ in
            try endpoint(
                Int.random(in: 1...30, using: &random),
                try #require(states.randomElement(using: &random)),
                on: try #require(nodes.randomElement(using: &random)))
        }
        let groups = try endpoints.map { try group([$0]) }
        for policy in [TrafficPolicy.cluster, .local] {
            let one = try select(groups: groups, policy: policy)
            let other = try select(groups: groups.shuffled(using: &random), policy: policy)
            #expect(one == other)
            #expect(Set(one.all).count == one.all.count)
        }
    }
}

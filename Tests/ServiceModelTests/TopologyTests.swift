import Addressing
import Testing

@testable import ServiceModel

@Suite("topology hints")
struct TopologyTests {
    @Test("149: traffic stays in the zone while it has endpoints")
    func sameZone() throws {
        let selection = try select(
            [
                endpoint(1, zones: ["a"]), endpoint(2, zones: ["b"]),
                endpoint(3, zones: ["a", "b"]),
            ],
            zone: "a")
        #expect(selection.all.map(\.description) == ["10.244.0.1:8080", "10.244.0.3:8080"])
    }

    @Test("150: traffic stays on the node while it has an endpoint, else in the zone")
    func sameNode() throws {
        let endpoints = try [
            endpoint(1, on: "node1", zones: ["a"], nodes: ["node1"]),
            endpoint(2, on: "node2", zones: ["a"], nodes: ["node2"]),
            endpoint(3, on: "node3", zones: ["b"], nodes: ["node3"]),
        ]
        #expect(
            try select(endpoints, zone: "a").all.map(\.description) == ["10.244.0.1:8080"])
        #expect(
            try select(endpoints, on: "node9", zone: "a").all.map(\.description)
                == ["10.244.0.1:8080", "10.244.0.2:8080"])
    }

    @Test("151: a zone without ready endpoints uses all")
    func zoneLost() throws {
        let endpoints = try [
            endpoint(1, .unready, zones: ["a"]), endpoint(2, zones: ["b"]),
            endpoint(3, zones: ["c"]),
        ]
        #expect(try select(endpoints, zone: "a").all.count == 2)
        #expect(try select(endpoints, zone: nil).all.count == 2)
    }

    @Test("152: hints are ignored when one ready endpoint lacks them")
    func incomplete() throws {
        let endpoints = try [endpoint(1, zones: ["a"]), endpoint(2)]
        #expect(try select(endpoints, zone: "a").all.count == 2)
        let unreadyWithout = try [endpoint(1, zones: ["a"]), endpoint(2, .unready)]
        #expect(try select(unreadyWithout, zone: "a").all.count == 1)
    }

    @Test("153: the policy Local wins over hints")
    func localWins() throws {
        let endpoints = try [
            endpoint(1, on: "node1", zones: ["b"]), endpoint(2, on: "node2", zones: ["a"]),
        ]
        #expect(
            try select(endpoints, policy: .local, zone: "a").all.map(\.description)
                == ["10.244.0.1:8080"])
    }
}

import Addressing
import Forwarding
import KubeAPI
import ServiceModel
import ServiceTranslation
import Testing

@Suite("Which nodes a frontend's traffic is spread over")
struct BalancerChoiceTests {
    private func choice(_ standings: [TargetStanding], threshold: Int = 50) throws -> BalancerChoice
    {
        BalancerChoice(
            of: try standings.indices.map { try socket($0 + 1) }, standings[...],
            panicThreshold: threshold)
    }

    private func socket(_ number: Int) throws -> SocketEndpoint {
        try #require(SocketEndpoint("192.168.50.\(number):30080"))
    }

    private let well = TargetStanding.serving(weight: 1)

    @Test("weights are shares")
    func weights() throws {
        let slots = try choice([.serving(weight: 3), .serving(weight: 1)]).slots
        #expect(slots.count { $0 == slots.first } == 3)
        #expect(slots.count == 4)
    }

    @Test(
        "below the threshold all nodes are used, at it only those that are well",
        arguments: [(1, 1, false), (1, 2, true), (2, 1, false), (0, 1, true), (49, 51, true)])
    func threshold(wellCount: Int, failingCount: Int, failsOpen: Bool) throws {
        let choice = try choice(
            Array(repeating: well, count: wellCount)
                + Array(repeating: .failing, count: failingCount))
        #expect(choice.failsOpen == failsOpen)
        #expect(choice.slots.count == (failsOpen ? wellCount + failingCount : wellCount))
    }

    @Test("a threshold of 0 never uses a failing node; one of 100 always uses all")
    func extremes() throws {
        #expect(try choice([.failing, .failing], threshold: 0).slots.isEmpty)
        #expect(try choice([well, well, .failing], threshold: 100).slots.count == 3)
        #expect(try !choice([well, well], threshold: 100).failsOpen)
    }

    @Test("nodes that are withheld are never used and do not count")
    func withheld() throws {
        let some = try choice([well, .withheld, .withheld, .withheld])
        #expect(some.slots == [try socket(1)] && !some.failsOpen)
        let open = try choice([.withheld, .failing])
        #expect(open.slots == [try socket(2)] && open.failsOpen)
        #expect(try choice([.withheld, .withheld]).slots.isEmpty)
    }
}

@Suite("How a Service's nodes are chosen")
struct BalancingMethodTests {
    private func translated(_ text: String?, method: BalancingMethod) throws -> BalancedService {
        let object = balancedService {
            $0.metadata.annotations = text.map { ["sluice.io/balancing": $0] }
        }
        let snapshot = World(object).snapshot
        return BalancerFrontends(method: method).translate(
            try #require(snapshot.services.values.first), nodes: Array(snapshot.nodes.values)
        ) { _ in .serving(weight: 1) }
    }

    @Test(
        "an annotation goes before the default",
        arguments: [
            (nil, .random, false, 2), ("maglev", .random, true, 251), ("random", .maglev, false, 2),
            ("source-hash", .random, true, 2), (nil, .maglev, true, 251),
        ] as [(String?, BalancingMethod, Bool, Int)])
    func methods(text: String?, method: BalancingMethod, bySource: Bool, slots: Int) throws {
        let entry = try #require(try translated(text, method: method).entries.first)
        #expect(entry.choosesBySource == bySource)
        #expect(entry.backends.count == slots)
        #expect(Set(entry.backends).count == 2)
    }

    @Test("an annotation that is no method is told, and the default is used")
    func bad() throws {
        let service = try translated("leastconn", method: .random)
        #expect(service.entries.first?.choosesBySource == false)
        #expect(service.problems.map(\.field) == ["sluice.io/balancing"])
    }
}

@Suite("Which Services have endpoints, as a balancer sees it")
struct BalancerEndpointsTests {
    private let web = ServiceIdentity(namespace: "default", name: "web")

    private func slice(_ name: String, _ conditions: EndpointConditions?...) -> EndpointSliceObject
    {
        EndpointSliceObject(
            metadata: ObjectMeta(
                name: name, namespace: "default", labels: [WellKnown.serviceName: "web"]),
            addressType: "IPv4",
            endpoints: conditions.map {
                SliceEndpoint(addresses: ["10.244.1.2"], conditions: $0)
            }, ports: nil)
    }

    @Test("the first serving endpoint and the last one make a difference, no other does")
    func firstAndLast() {
        var endpoints = BalancerEndpoints()
        #expect(endpoints.upsert(slice("a")).isEmpty)
        #expect(endpoints.upsert(slice("a", EndpointConditions(ready: true))) == [web])
        #expect(endpoints.exist(of: web))
        #expect(endpoints.upsert(slice("b", nil)).isEmpty)
        #expect(endpoints.delete(slice("a")).isEmpty)
        #expect(endpoints.upsert(slice("b", EndpointConditions(ready: false))) == [web])
        #expect(!endpoints.exist(of: web))
    }

    @Test("a terminating endpoint that serves is one")
    func terminating() {
        var endpoints = BalancerEndpoints()
        let going = EndpointConditions(ready: false, serving: true, terminating: true)
        #expect(endpoints.upsert(slice("a", going)) == [web])
    }

    @Test("a new list replaces what was known")
    func replaced() {
        var endpoints = BalancerEndpoints()
        #expect(endpoints.replace([slice("a", nil)]) == [web])
        #expect(endpoints.replace([slice("b", nil)]).isEmpty)
        #expect(endpoints.replace([]) == [web])
        #expect(!endpoints.exist(of: web))
    }

    @Test("each node's endpoints are counted by family, over all slices, if they state their nodes")
    func counts() {
        func slice(
            _ name: String, _ type: String, _ nodes: [String?]
        ) -> EndpointSliceObject {
            var slice = self.slice(name, nil)
            slice.addressType = type
            slice.endpoints = nodes.map { SliceEndpoint(addresses: ["10.244.1.2"], nodeName: $0) }
            return slice
        }
        let nodes = ["a", "b", "c"]
        var endpoints = BalancerEndpoints()
        _ = endpoints.replace([
            slice("one", "IPv4", ["a", "b"]), slice("two", "IPv4", ["a"]),
            slice("six", "IPv6", ["c"]),
        ])
        #expect(endpoints.counts(of: web, .v4, on: nodes) == [2, 1, 0])
        #expect(endpoints.counts(of: web, .v6, on: nodes) == [0, 0, 1])
        _ = endpoints.delete(slice("one", "IPv4", []))
        #expect(endpoints.counts(of: web, .v4, on: nodes) == [1, 0, 0])
        _ = endpoints.upsert(slice("two", "IPv4", ["b", nil]))
        #expect(endpoints.counts(of: web, .v4, on: nodes) == nil)
        _ = endpoints.delete(slice("six", "IPv6", []))
        #expect(endpoints.counts(of: web, .v6, on: nodes) == nil)
    }
}

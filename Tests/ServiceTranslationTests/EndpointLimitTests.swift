import Addressing
import Forwarding
import KubeAPI
import ServiceModel
import ServiceTranslation
import Testing

/// The limit of endpoints behind one frontend, and several slices.
@Suite struct EndpointLimitTests {
    /// So many pods of node2, in slices of a thousand.
    private func slices(_ count: Int) -> [EndpointSliceObject] {
        stride(from: 0, to: count, by: 1000).map { first in
            let pods = (first..<min(first + 1000, count)).map { number in
                pod("10.244.2.1").moved(
                    to: "10.\(128 + number / 65_536)."
                        + "\(number / 256 % 256).\(number % 256)")
            }
            return slice(pods, named: "web-\(100 + first / 1000)")
        }
    }

    @Test("a Service at the limit is served whole; one past it, the rest is left out and reported")
    func limit() throws {
        let limit = ForwardingLimits.backendsPerFrontend
        let whole = try World(balancedService(), slices: slices(limit)).translated()
        #expect(whole.entries.allSatisfy { $0.backends.count == limit })
        #expect(whole.problems.isEmpty)

        let over = try World(balancedService(), slices: slices(limit + 1)).translated()
        #expect(over.entries.count == 4)
        #expect(over.entries.allSatisfy { $0.backends.count == limit })
        let onTheirNode = try World(balancedService(), slices: slices(limit + 1)).translated(on: 2)
        #expect(onTheirNode.entries.allSatisfy { $0.localCount == limit })
        #expect(
            over.problems.map(\.description) == [
                "Service default/web, port 80/tcp: has \(limit + 1) endpoints; the first \(limit) "
                    + "are used, which is the limit of one frontend: split the Service"
            ])
    }

    @Test("past the limit the endpoints of this node are the last to be left out")
    func localFirst() throws {
        let limit = ForwardingLimits.backendsPerFrontend
        let local = slice([pod("10.244.1.2"), pod("10.244.1.3")], named: "web-z")
        let world = World(balancedService(), slices: slices(limit) + [local])
        for entry in try world.translated().entries {
            #expect(entry.backends.count == limit)
            #expect(entry.localCount == 2)
            #expect(
                entry.backends.prefix(2).map(\.description)
                    == ["10.244.1.2:8080", "10.244.1.3:8080"])
        }
        #expect(try world.entry("10.96.0.10:80", on: 2)?.localCount == limit)
    }

    @Test("159: several slices with other ports each: each port goes to its own addresses")
    func slicesWithOtherPorts() throws {
        let object = service(ports: [port("http", 80), port("dns", 53, "UDP")])
        let world = World(
            object,
            slices: [
                slice(
                    [pod("10.244.1.2")], named: "web-a", ports: [endpointPort("http", 8080)]),
                slice(
                    [pod("10.244.1.3")], named: "web-b", ports: [endpointPort("dns", 53, "UDP")]),
                slice(
                    [pod("10.244.2.4")], named: "web-c",
                    ports: [endpointPort("http", 80), endpointPort("dns", 5353, "UDP")]),
            ])
        #expect(
            try world.entry("10.96.0.10:80")?.backends.map(\.description)
                == ["10.244.1.2:8080", "10.244.2.4:80"])
        #expect(
            try world.entry("10.96.0.10:53")?.backends.map(\.description)
                == ["10.244.1.3:53", "10.244.2.4:5353"])
    }

    @Test("162: the same address with two ports, in two slices, is two backends")
    func sameAddress() throws {
        let object = service(ports: [port("a", 80), port("b", 81)])
        let world = World(
            object,
            slices: [
                slice([pod("10.244.1.2")], named: "web-a", ports: [endpointPort("a", 8080)]),
                slice([pod("10.244.1.2")], named: "web-b", ports: [endpointPort("b", 8081)]),
            ])
        let host = try world.host()
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["10.244.1.2:8080"])
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:81") == ["10.244.1.2:8081"])
    }

    @Test("158: an endpoint with several addresses is reached at all of them; twice named, once")
    func severalAddresses() throws {
        var endpoint = pod("10.244.1.2")
        endpoint.addresses = ["10.244.1.2", "10.244.1.3"]
        let world = World(
            service(),
            slices: [slice([endpoint]), slice([pod("10.244.1.3")], named: "web-b")])
        #expect(
            try world.entry("10.96.0.10:80")?.backends.map(\.description)
                == ["10.244.1.2:8080", "10.244.1.3:8080"])
    }
}

extension SliceEndpoint {
    /// The same endpoint at another address.
    fileprivate func moved(to address: String) -> SliceEndpoint {
        var copy = self
        copy.addresses = [address]
        return copy
    }
}

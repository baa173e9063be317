import KubeAPI
import ServiceModel
import ServiceTranslation
import Testing

/// Behaviours 79–88 and 153: traffic policies.
@Suite struct PolicyTests {
    private let onNode1 = slice([pod("10.244.1.2")])
    private let inside = service { $0.spec.internalTrafficPolicy = "Local" }
    private let outside = balancedService { $0.spec.externalTrafficPolicy = "Local" }

    @Test("79: internal policy Local: pods reach endpoints of their own node; from others, none")
    func internalLocal() throws {
        let world = World(inside, slices: [slice([pod("10.244.1.2"), pod("10.244.1.3")])])
        #expect(
            try world.host(1).fates(from: "10.244.1.9", to: "10.96.0.10:80")
                == ["10.244.1.2:8080", "10.244.1.3:8080"])
        #expect(
            try world.host(2).fates(from: "10.244.2.9", to: "10.96.0.10:80") == ["dropped"])
    }

    @Test("80, 81: internal policy Local holds for clients and endpoints on the host's network")
    func internalLocalHost() throws {
        let world = World(inside, slices: [onNode1])
        #expect(
            try world.host(1).fates(from: "192.168.50.1", to: "10.96.0.10:80")
                == ["10.244.1.2:8080 masq"])
        #expect(
            try world.host(2).fates(from: "192.168.50.2", to: "10.96.0.10:80") == ["dropped"])

        var endpoint = SliceEndpoint(addresses: ["192.168.50.1"])
        endpoint.nodeName = "node1"
        let onHost = World(inside, slices: [slice([endpoint])])
        #expect(
            try onHost.host(1).fates(from: "10.244.1.9", to: "10.96.0.10:80")
                == ["192.168.50.1:8080"])
        #expect(
            try onHost.host(2).fates(from: "10.244.2.9", to: "10.96.0.10:80") == ["dropped"])
    }

    @Test("19: internal policy Local without any endpoint anywhere refuses")
    func internalLocalNothing() throws {
        let world = World(inside, slices: [slice([pod("10.244.1.2", .unready)])])
        for number in 1...2 {
            #expect(
                try world.host(number).fates(from: "10.244.\(number).9", to: "10.96.0.10:80")
                    == ["refused"])
        }
    }

    @Test("82: the internal policy does not reach nodePorts, nor the external one ClusterIPs")
    func independent() throws {
        let internalOnly = World(
            balancedService { $0.spec.internalTrafficPolicy = "Local" }, slices: [onNode1])
        for socket in ["192.168.50.2:30080", "198.51.100.10:80"] {
            #expect(
                try internalOnly.host(2).fates(from: "203.0.113.5", to: socket)
                    == ["10.244.1.2:8080 masq"])
        }
        let externalOnly = World(outside, slices: [onNode1])
        #expect(
            try externalOnly.host(2).fates(from: "10.244.2.9", to: "10.96.0.10:80")
                == ["10.244.1.2:8080"])
    }

    @Test(
        "83, 84: external policy Local keeps the client's address",
        arguments: ["192.168.50.1:30080", "198.51.100.10:80"])
    func keepsClient(socket: String) throws {
        let pods = slice([pod("10.244.1.2"), pod("10.244.2.2")])
        let host = try World(outside, slices: [pods]).host(1)
        #expect(try host.fates(from: "203.0.113.5", to: socket) == ["10.244.1.2:8080"])
        #expect(
            try host.fates(from: "192.168.50.1", to: socket)
                == ["10.244.1.2:8080 masq", "10.244.2.2:8080 masq"])
    }

    @Test("85: external policy Local: a node without endpoints drops, so that balancers notice")
    func drops() throws {
        let world = World(outside, slices: [onNode1])
        for socket in ["192.168.50.2:30080", "198.51.100.10:80"] {
            #expect(try world.host(2).fates(from: "203.0.113.5", to: socket) == ["dropped"])
        }
        let empty = World(outside)
        #expect(
            try empty.host(2).fates(from: "203.0.113.5", to: "198.51.100.10:80") == ["refused"])
    }

    @Test(
        "87: external policy Local: a pod reaches the VIP from a node without endpoints, as itself")
    func shortCut() throws {
        let host = try World(outside, slices: [onNode1]).host(2)
        #expect(
            try host.fates(from: "10.244.2.9", to: "198.51.100.10:80") == ["10.244.1.2:8080"])
        #expect(
            try host.fates(from: "192.168.50.2", to: "198.51.100.10:80")
                == ["10.244.1.2:8080 masq"])
    }

    @Test("88: from Local to Cluster, nodes without endpoints forward and hide the client")
    func becomesCluster() throws {
        var world = World(outside, slices: [onNode1])
        _ = world.snapshot.upsert(balancedService())
        #expect(
            try world.host(2).fates(from: "203.0.113.5", to: "192.168.50.2:30080")
                == ["10.244.1.2:8080 masq"])
    }

    @Test("153: the policy Local wins over hints")
    func policyOverHints() throws {
        var hinted = pod("10.244.1.2")
        hinted.hints = EndpointHints(forZones: ["b"])
        let world = World(inside, slices: [slice([hinted])])
        #expect(
            try world.host(1).fates(from: "10.244.1.9", to: "10.96.0.10:80")
                == ["10.244.1.2:8080"])
        #expect(
            try world.host(2).fates(from: "10.244.2.9", to: "10.96.0.10:80") == ["dropped"])
    }
}

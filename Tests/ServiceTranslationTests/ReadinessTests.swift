import Addressing
import Forwarding
import KubeAPI
import ServiceTranslation
import Testing

/// Behaviours 55–64: readiness, publishNotReadyAddresses, and endpoints that terminate.
@Suite struct ReadinessTests {
    private let published = service(type: "NodePort", ports: [port(nodePort: 30_080)]) {
        $0.spec.publishNotReadyAddresses = true
    }
    private let plain = service(type: "NodePort", ports: [port(nodePort: 30_080)])

    private func fates(
        _ object: ServiceObject, _ pods: [SliceEndpoint], from client: String = "10.244.1.9",
        to socket: String = "10.96.0.10:80", on node: Int = 1
    ) throws -> [String] {
        try World(object, slices: [slice(pods)]).host(node).fates(from: client, to: socket)
    }

    @Test("55, 56, 58: endpoints that are not ready are reached if the Service publishes them")
    func notReady() throws {
        let pods = [pod("10.244.1.2", .unready)]
        #expect(try fates(published, pods) == ["10.244.1.2:8080"])
        #expect(try fates(plain, pods) == ["refused"])
        for node in 1...2 {
            let socket = "192.168.50.\(node):30080"
            #expect(
                try fates(published, pods, from: "203.0.113.5", to: socket, on: node)
                    == ["10.244.1.2:8080 masq"])
            #expect(
                try fates(plain, pods, from: "203.0.113.5", to: socket, on: node)
                    == ["refused"])
        }
    }

    @Test("57: published, a terminating pod that is not ready is reached until it is gone")
    func publishedAndGoing() throws {
        #expect(try fates(published, [pod("10.244.1.2", .gone)]) == ["10.244.1.2:8080"])
        #expect(try fates(published, []) == ["refused"])
    }

    @Test("59: an endpoint that becomes ready takes traffic")
    func becomesReady() throws {
        var world = World(service(), slices: [slice([pod("10.244.1.2", .unready)])])
        #expect(try world.host().fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["refused"])
        _ = world.snapshot.upsert(slice([pod("10.244.1.2")]))
        #expect(
            try world.host().fates(from: "10.244.1.9", to: "10.96.0.10:80")
                == ["10.244.1.2:8080"])
    }

    @Test("60, 64: terminating endpoints that serve are the last resort, until one is ready")
    func lastResort() throws {
        let going = [
            pod("10.244.1.2", .terminating), pod("10.244.2.2", .terminating),
            pod("10.244.2.3", .gone),
        ]
        #expect(try fates(plain, going) == ["10.244.1.2:8080", "10.244.2.2:8080"])
        #expect(try fates(plain, going + [pod("10.244.2.4")]) == ["10.244.2.4:8080"])
    }

    @Test("UDP flows may stay with whoever serves, whatever keeps new ones from it")
    func conversing() throws {
        let pods = [
            pod("10.244.1.2"), pod("10.244.1.3", .terminating), pod("10.244.1.4", .gone),
            pod("10.244.2.2"), pod("10.244.2.3", .unready),
        ]
        for (transport, staying) in [
            ("UDP", ["10.244.1.3:8080", "10.244.2.2:8080"]), ("TCP", []),
        ] {
            let object = service(ports: [port(nil, 80, transport)]) {
                $0.spec.internalTrafficPolicy = "Local"
            }
            let ports = [endpointPort(nil, 8080, transport)]
            let world = World(object, slices: [slice(pods, ports: ports)])
            let entry = try #require(try world.entry("10.96.0.10:80"))
            #expect(entry.backends.map(\.description) == ["10.244.1.2:8080"])
            #expect(entry.conversing.map(\.description) == staying)
        }
    }

    @Test("61: internal policy Local counts the last resort on the node alone; others fail")
    func lastResortLocal() throws {
        let object = service { $0.spec.internalTrafficPolicy = "Local" }
        let pods = [pod("10.244.1.2", .terminating)]
        #expect(try fates(object, pods) == ["10.244.1.2:8080"])
        #expect(try fates(object, pods, from: "10.244.2.9", on: 2) == ["dropped"])
        let readyElsewhere = pods + [pod("10.244.2.2")]
        #expect(try fates(object, readyElsewhere) == ["10.244.1.2:8080"])
    }

    @Test("62: with external policy Cluster the last resort is reached through every node")
    func lastResortNodePort() throws {
        for node in 1...2 {
            #expect(
                try fates(
                    plain, [pod("10.244.1.2", .terminating)], from: "203.0.113.5",
                    to: "192.168.50.\(node):30080", on: node) == ["10.244.1.2:8080 masq"])
        }
    }

    @Test("63: with external policy Local only through its own node; the other drops")
    func lastResortNodePortLocal() throws {
        let object = service(type: "NodePort", ports: [port(nodePort: 30_080)]) {
            $0.spec.externalTrafficPolicy = "Local"
        }
        let pods = [pod("10.244.1.2", .terminating)]
        #expect(
            try fates(object, pods, from: "203.0.113.5", to: "192.168.50.1:30080")
                == ["10.244.1.2:8080"])
        #expect(
            try fates(object, pods, from: "203.0.113.5", to: "192.168.50.2:30080", on: 2)
                == ["dropped"])
    }

    @Test("a last resort under external policy Local is not for pods while others are ready")
    func lastResortForOutside() throws {
        let pods = [
            pod("10.244.1.2", .terminating), pod("10.244.2.2"), pod("10.244.2.3"),
        ]
        for affinity in [nil, "ClientIP"] {
            let object = service(type: "NodePort", ports: [port(nodePort: 30_080)]) {
                $0.spec.externalTrafficPolicy = "Local"
                $0.spec.sessionAffinity = affinity
            }
            #expect(
                try fates(object, pods, from: "203.0.113.5", to: "192.168.50.1:30080")
                    == ["10.244.1.2:8080"])
            #expect(
                try fates(object, pods, from: "10.244.1.9", to: "192.168.50.1:30080")
                    == ["10.244.2.2:8080", "10.244.2.3:8080"])
            #expect(
                try fates(
                    object, Array(pods.prefix(1)), from: "10.244.1.9", to: "192.168.50.1:30080")
                    == ["10.244.1.2:8080"])
        }
    }
}

import Addressing
import Forwarding
import KubeAPI
import ServiceModel
import ServiceTranslation
import Synchronization
import Testing

/// What a balancer host serves: its addresses in front of the nodes' nodePorts.
@Suite struct BalancerFrontendsTests {
    private func definition(_ object: ServiceObject) throws -> ServiceDefinition {
        try #require(World(object).snapshot.services.values.first)
    }

    private var nodes: [NodeIdentity] {
        World().snapshot.nodes.values.sorted { $0.name > $1.name }
    }

    private func targets(_ object: ServiceObject) throws -> [String] {
        BalancerFrontends().targets(of: try definition(object), on: nodes).all.map {
            "\($0.node) \($0.socket)/\($0.transport)"
        }
    }

    private var dualStack: ServiceObject {
        balancedService {
            $0.spec.clusterIPs = ["10.96.0.10", "fd00:96::10"]
            $0.status = ServiceStatus(ingress: [
                LoadBalancerIngress(ip: "198.51.100.10"), LoadBalancerIngress(ip: "fd00:100::10"),
            ])
        }
    }

    @Test("103: an address with ipMode Proxy, which nodes leave alone, is the balancer's")
    func balancerOnly() throws {
        let object = balancedService {
            $0.status = ServiceStatus(ingress: [
                LoadBalancerIngress(ip: "198.51.100.10", ipMode: "Proxy"),
                LoadBalancerIngress(ip: "198.51.100.11"),
            ])
        }
        let service = try definition(object)
        #expect(service.loadBalancerIPs.map(\.description) == ["198.51.100.11"])
        let addresses = BalancerFrontends().addresses(of: service).map(\.description)
        #expect(addresses.sorted() == ["198.51.100.10", "198.51.100.11"])
        let entries = BalancerFrontends().translate(service, nodes: nodes) { _ in
            .serving(weight: 1)
        }.entries
        #expect(
            Set(entries.map(\.frontend.address.description)) == Set(addresses))
        #expect(entries.allSatisfy { $0.backends.count == nodes.count })
    }

    @Test("targets are the nodes' first addresses with the nodePort, by name, a port after another")
    func targets() throws {
        let object = balancedService {
            $0.spec.ports = [
                port("http", 80, nodePort: 30_080), port("dns", 53, "UDP", nodePort: 30_053),
            ]
        }
        #expect(
            try targets(object) == [
                "node1 192.168.50.1:30080/tcp", "node2 192.168.50.2:30080/tcp",
                "node1 192.168.50.1:30053/udp", "node2 192.168.50.2:30053/udp",
            ])
    }

    @Test("targets are of the families of the balancer's addresses")
    func targetFamilies() throws {
        #expect(
            try targets(dualStack) == [
                "node1 192.168.50.1:30080/tcp", "node2 192.168.50.2:30080/tcp",
                "node1 [fd00:50::1]:30080/tcp", "node2 [fd00:50::2]:30080/tcp",
            ])
        let onlyV6 = balancedService {
            $0.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "fd00:100::10")])
        }
        #expect(
            try targets(onlyV6)
                == ["node1 [fd00:50::1]:30080/tcp", "node2 [fd00:50::2]:30080/tcp"])
    }

    @Test(
        "Services that are none of a balancer's business have no addresses and no targets",
        arguments: [
            service(type: "NodePort", ports: [port(nodePort: 30_080)]) {
                $0.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "198.51.100.10")])
            },
            balancedService { $0.metadata.labels = [WellKnown.serviceProxyName: "other"] },
            balancedService { $0.status = ServiceStatus() },
        ])
    func notBalanced(object: ServiceObject) throws {
        let definition = try definition(object)
        #expect(BalancerFrontends().addresses(of: definition).isEmpty)
        #expect(try targets(object).isEmpty)
        let translated = BalancerFrontends().translate(definition, nodes: nodes) { _ in
            .serving(weight: 1)
        }
        #expect(translated == BalancedService())
    }

    @Test("a client reaches the nodePort of every node, with the balancer's address")
    func reaches() throws {
        let balancer = try World(dualStack).balancer()
        #expect(
            try balancer.fates(from: "203.0.113.5", to: "198.51.100.10:80")
                == ["192.168.50.1:30080 masq", "192.168.50.2:30080 masq"])
        #expect(
            try balancer.fates(from: "fd00:113::5", to: "[fd00:100::10]:80")
                == ["[fd00:50::1]:30080 masq", "[fd00:50::2]:30080 masq"])
        #expect(
            try balancer.fates(from: "203.0.113.5", to: "198.51.100.10:81") == ["untouched"])
    }

    @Test("a node that is not usable gets nothing; when none is, clients are refused")
    func unusable() throws {
        let world = World(dualStack)
        #expect(
            try world.balancer(down: ["node1"]).fates(from: "203.0.113.5", to: "198.51.100.10:80")
                == ["192.168.50.2:30080 masq"])
        for (client, socket) in [
            ("203.0.113.5", "198.51.100.10:80"), ("fd00:113::5", "[fd00:100::10]:80"),
        ] {
            #expect(
                try world.balancer(down: ["node1", "node2"]).fates(from: client, to: socket)
                    == ["refused"])
        }
    }

    @Test("a target may be usable for one port and not for another")
    func usablePerTarget() throws {
        let object = balancedService {
            $0.spec.ports = [
                port("http", 80, nodePort: 30_080), port("https", 443, nodePort: 30_443),
            ]
        }
        let entries = BalancerFrontends().translate(try definition(object), nodes: nodes) {
            $0.node == "node2" || $0.socket.port == Port(30_443)
                ? .serving(weight: 1) : .failing
        }.entries
        #expect(
            entries.map { "\($0.frontend.port): \($0.backends.count)" } == ["80: 1", "443: 2"])
        #expect(entries.map(\.label) == ["default/web:http", "default/web:https"])
    }

    @Test("101: without a nodePort the balancer refuses, and says once why")
    func withoutNodePort() throws {
        var object = dualStack
        object.spec.ports = [port("http", 80), port("https", 443, nodePort: 30_443)]
        let translated = BalancerFrontends().translate(
            try definition(object), nodes: nodes
        ) { _ in .serving(weight: 1) }
        #expect(
            translated.problems.map(\.description) == [
                "Service default/web, port http:80/tcp: has no nodePort, so the balancer cannot "
                    + "reach it and refuses; set allocateLoadBalancerNodePorts to true"
            ])
        #expect(translated.entries.map(\.backends.count) == [0, 0, 2, 2])
    }

    @Test("97: source ranges hold at the balancer, which still knows the client's address")
    func sourceRanges() throws {
        var object = dualStack
        object.spec.loadBalancerSourceRanges = ["203.0.113.0/24", "fd00:113::/64"]
        let balancer = try World(object).balancer()
        #expect(
            try balancer.fates(from: "203.0.113.5", to: "198.51.100.10:80")
                == ["192.168.50.1:30080 masq", "192.168.50.2:30080 masq"])
        #expect(try balancer.fates(from: "192.0.2.5", to: "198.51.100.10:80") == ["dropped"])
        #expect(
            try balancer.fates(from: "fd00:114::5", to: "[fd00:100::10]:80") == ["dropped"])
    }

    @Test("73: affinity holds at the balancer: a client stays with its node")
    func affinity() throws {
        var object = dualStack
        object.spec.sessionAffinity = "ClientIP"
        let balancer = try World(object).balancer()
        let choice = KernelChoice(1)
        var walk = try balancer.walk(for: "198.51.100.10:80", choosing: choice)
        let first = try balancer.fate(from: "203.0.113.5", to: "198.51.100.10:80", &walk)
        choice.slot.withLock { $0 = 0 }
        #expect(try balancer.fate(from: "203.0.113.5", to: "198.51.100.10:80", &walk) == first)
        #expect(
            try balancer.fate(from: "203.0.113.6", to: "198.51.100.10:80", &walk) != first)
    }
}

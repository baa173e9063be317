import Addressing
import KubeAPI
import ServiceTranslation
import Testing

/// Behaviours 92–108, on the nodes: a balancer's address that a node serves itself.
@Suite struct LoadBalancerTests {
    private let pods = slice([pod("10.244.1.2")])
    private let address = "198.51.100.10:80"

    private func fates(
        _ object: ServiceObject, from client: String, to socket: String? = nil
    ) throws -> [String] {
        try World(object, slices: [pods]).host()
            .fates(from: client, to: socket ?? address)
    }

    @Test("93: the nodePort moves, the address stays")
    func nodePortMoves() throws {
        let moved = balancedService { $0.spec.ports = [port(nodePort: 30_081)] }
        #expect(try fates(moved, from: "203.0.113.5") == ["10.244.1.2:8080 masq"])
        #expect(
            try fates(moved, from: "203.0.113.5", to: "192.168.50.1:30081")
                == ["10.244.1.2:8080 masq"])
        #expect(
            try fates(moved, from: "203.0.113.5", to: "192.168.50.1:30080") == ["untouched"])
    }

    @Test("94: the port moves, address and nodePort stay")
    func portMoves() throws {
        let moved = balancedService { $0.spec.ports = [port(nil, 81, nodePort: 30_080)] }
        #expect(try fates(moved, from: "203.0.113.5") == ["untouched"])
        for socket in ["198.51.100.10:81", "192.168.50.1:30080"] {
            #expect(
                try fates(moved, from: "203.0.113.5", to: socket) == ["10.244.1.2:8080 masq"])
        }
    }

    @Test("95: without endpoints the address refuses TCP and UDP alike")
    func refuses() throws {
        let object = balancedService {
            $0.spec.ports = [port("tcp", 80), port("udp", 80, "UDP")]
        }
        let host = try World(object).host()
        #expect(try host.fates(.tcp, from: "203.0.113.5", to: address) == ["refused"])
        #expect(try host.fates(.udp, from: "203.0.113.5", to: address) == ["refused"])
    }

    @Test("96: the address closes when the type becomes ClusterIP, whatever the status still says")
    func becomesClusterIP() throws {
        let object = balancedService { $0.spec.type = "ClusterIP" }
        #expect(try fates(object, from: "203.0.113.5") == ["untouched"])
        #expect(
            try fates(object, from: "203.0.113.5", to: "192.168.50.1:30080") == ["untouched"])
    }

    @Test("97, 99: source ranges let some clients in, pods too, and drop the others")
    func sourceRanges() throws {
        func object(_ ranges: [String]?) -> ServiceObject {
            balancedService { $0.spec.loadBalancerSourceRanges = ranges }
        }
        let clients = object(["203.0.113.0/24"])
        #expect(try fates(clients, from: "203.0.113.5") == ["10.244.1.2:8080 masq"])
        #expect(try fates(clients, from: "192.0.2.5") == ["dropped"])
        #expect(try fates(clients, from: "10.244.1.9") == ["dropped"])
        #expect(
            try fates(clients, from: "192.0.2.5", to: "192.168.50.1:30080")
                == ["10.244.1.2:8080 masq"])
        let others = object(["192.0.2.0/24", "10.244.0.0/16"])
        #expect(try fates(others, from: "203.0.113.5") == ["dropped"])
        #expect(try fates(others, from: "192.0.2.5") == ["10.244.1.2:8080 masq"])
        #expect(try fates(others, from: "10.244.1.9") == ["10.244.1.2:8080 masq"])
        #expect(try fates(object(nil), from: "192.0.2.5") == ["10.244.1.2:8080 masq"])
        #expect(try fates(object([]), from: "192.0.2.5") == ["10.244.1.2:8080 masq"])
    }

    @Test(
        "98: a range of everything lets everybody in; one of the other family counts for nothing",
        arguments: [["0.0.0.0/0"], ["fd00:113::/64"], ["0.0.0.0/0", "fd00:113::/64"]])
    func wideRanges(ranges: [String]) throws {
        let object = balancedService { $0.spec.loadBalancerSourceRanges = ranges }
        #expect(try fates(object, from: "192.0.2.5") == ["10.244.1.2:8080 masq"])
    }

    @Test("the annotation restricts nodePorts and external addresses, and these alone")
    func annotatedRanges() throws {
        func object(_ text: String) -> ServiceObject {
            balancedService {
                $0.metadata.annotations = [SluiceAnnotation.sourceRanges: text]
                $0.spec.externalIPs = ["192.0.2.80"]
            }
        }
        for socket in ["192.168.50.1:30080", "192.0.2.80:80"] {
            for text in ["203.0.113.0/24", "198.18.0.0/15, 203.0.113.5/32,fd00::/8"] {
                #expect(
                    try fates(object(text), from: "203.0.113.5", to: socket)
                        == ["10.244.1.2:8080 masq"])
                #expect(try fates(object(text), from: "203.0.114.5", to: socket) == ["dropped"])
            }
            #expect(try fates(object("me"), from: "203.0.113.5", to: socket) == ["dropped"])
        }
        #expect(
            try fates(object("203.0.113.0/24"), from: "203.0.114.5") == ["10.244.1.2:8080 masq"])
    }

    @Test("a source range that cannot be read lets nobody in")
    func unreadableRange() throws {
        let object = balancedService { $0.spec.loadBalancerSourceRanges = ["everyone"] }
        #expect(try fates(object, from: "203.0.113.5") == ["dropped"])
    }

    @Test("101: without nodePorts the address works")
    func withoutNodePorts() throws {
        let object = balancedService { $0.spec.ports = [port()] }
        #expect(try fates(object, from: "203.0.113.5") == ["10.244.1.2:8080 masq"])
        #expect(try World(object, slices: [pods]).translated().entries.count == 2)
    }

    @Test("103: an address with ipMode Proxy is left to the balancer, also for pods")
    func proxyMode() throws {
        let object = balancedService {
            $0.status = ServiceStatus(ingress: [
                LoadBalancerIngress(ip: "198.51.100.10", ipMode: "Proxy"),
                LoadBalancerIngress(ip: "198.51.100.11", ipMode: nil),
            ])
        }
        #expect(try fates(object, from: "10.244.1.9") == ["untouched"])
        #expect(
            try fates(object, from: "10.244.1.9", to: "198.51.100.11:80")
                == ["10.244.1.2:8080 masq"])
    }

    @Test("107: two Services share an address on different ports and protocols")
    func sharedAddress() throws {
        func object(_ name: String, _ port: ServicePortObject, _ address: String) -> ServiceObject {
            service(name, type: "LoadBalancer", ports: [port], clusterIPs: [address]) {
                $0.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "198.51.100.10")])
            }
        }
        let world = World(
            object("web", port(), "10.96.0.10"),
            object("api", port(nil, 443), "10.96.0.11"),
            object("dns", port(nil, 80, "UDP"), "10.96.0.12"),
            slices: [
                pods, slice([pod("10.244.1.3")], of: "api", named: "api-a"),
                slice(
                    [pod("10.244.1.4")], of: "dns", named: "dns-a",
                    ports: [endpointPort(nil, 53, "UDP")]),
            ])
        let host = try world.host()
        #expect(try host.fates(from: "203.0.113.5", to: address) == ["10.244.1.2:8080 masq"])
        #expect(
            try host.fates(from: "203.0.113.5", to: "198.51.100.10:443")
                == ["10.244.1.3:8080 masq"])
        #expect(
            try host.fates(.udp, from: "203.0.113.5", to: address) == ["10.244.1.4:53 masq"])
    }

    @Test("108: a changed address leaves nothing behind")
    func changedAddress() throws {
        let object = balancedService {
            $0.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "198.51.100.11")])
        }
        #expect(try fates(object, from: "203.0.113.5") == ["untouched"])
        #expect(
            try fates(object, from: "203.0.113.5", to: "198.51.100.11:80")
                == ["10.244.1.2:8080 masq"])
    }
}

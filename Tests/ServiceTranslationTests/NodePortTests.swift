import Addressing
import Forwarding
import KubeAPI
import ServiceModel
import ServiceTranslation
import Testing

/// Behaviours 30–54: nodePorts, external addresses, and changes of type.
@Suite struct NodePortTests {
    private let pods = slice([pod("10.244.1.2")])
    private let object = service(type: "NodePort", ports: [port(nodePort: 30_080)])

    @Test(
        "30: a nodePort answers at the ClusterIP and at each of the node's addresses",
        arguments: ["192.168.50.1:30080", "198.51.100.201:30080"])
    func everyAddress(socket: String) throws {
        let host = try World(object, slices: [pods]).host()
        for client in ["203.0.113.5", "10.244.1.9", "10.244.2.9", "192.168.50.1"] {
            #expect(try host.fates(from: client, to: socket) == ["10.244.1.2:8080 masq"])
        }
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["10.244.1.2:8080"])
    }

    @Test("31: a node forwards to pods of other nodes, and hides the client so that they answer")
    func otherNode() throws {
        let host = try World(object, slices: [pods]).host(2)
        #expect(
            try host.fates(from: "203.0.113.5", to: "192.168.50.2:30080")
                == ["10.244.1.2:8080 masq"])
        // This packet goes on to node1 untouched; what answers there is not this node's matter.
        #expect(
            try host.fates(from: "203.0.113.5", to: "192.168.50.1:30080") == ["untouched"])
    }

    @Test("32, 51: UDP and TCP share a number, and each goes its own way when the other is removed")
    func bothProtocols() throws {
        let tcp = port("tcp", 80, "TCP", nodePort: 30_080)
        let udp = port("udp", 80, "UDP", nodePort: 30_080)
        let ports = [endpointPort("tcp", 8080, "TCP"), endpointPort("udp", 8081, "UDP")]
        var world = World(
            service(type: "NodePort", ports: [tcp, udp]),
            slices: [slice([pod("10.244.1.2")], ports: ports)])
        func fates() throws -> [String] {
            let host = try world.host()
            return try host.fates(.tcp, from: "203.0.113.5", to: "192.168.50.1:30080")
                + host.fates(.udp, from: "203.0.113.5", to: "192.168.50.1:30080")
        }
        #expect(try fates() == ["10.244.1.2:8080 masq", "10.244.1.2:8081 masq"])
        _ = world.snapshot.upsert(service(type: "NodePort", ports: [tcp]))
        #expect(try fates() == ["10.244.1.2:8080 masq", "untouched"])
        _ = world.snapshot.upsert(service(type: "NodePort", ports: [udp]))
        #expect(try fates() == ["untouched", "10.244.1.2:8081 masq"])
    }

    @Test("33: an external address that no node has works inside and outside")
    func externalAddress() throws {
        let object = service { $0.spec.externalIPs = ["203.0.113.80"] }
        let host = try World(object, slices: [pods]).host()
        for client in ["203.0.113.5", "10.244.1.9", "192.168.50.1"] {
            #expect(
                try host.fates(from: client, to: "203.0.113.80:80") == ["10.244.1.2:8080 masq"])
        }
        #expect(try host.fates(from: "203.0.113.5", to: "203.0.113.80:81") == ["untouched"])
    }

    @Test("34, 46: the port opens when the type becomes NodePort, and closes with the Service")
    func opensAndCloses() throws {
        var world = World(service(ports: [port(nodePort: 30_080)]), slices: [pods])
        func fates() throws -> [String] {
            try world.host().fates(from: "203.0.113.5", to: "192.168.50.1:30080")
        }
        #expect(try fates() == ["untouched"])
        _ = world.snapshot.upsert(object)
        #expect(try fates() == ["10.244.1.2:8080 masq"])
        _ = world.snapshot.delete(object)
        #expect(try fates() == ["untouched"])
    }

    @Test("36, 38, 39: an alias has no frontends; it gets them when it stops being one, and back")
    func alias() throws {
        let alias = service(type: "ExternalName", clusterIPs: []) {
            $0.spec.externalName = "web.example.org"
            $0.spec.externalIPs = ["203.0.113.80"]
        }
        var world = World(alias, slices: [pods])
        #expect(try world.translated().entries.isEmpty)
        _ = world.snapshot.upsert(object)
        #expect(try world.translated().entries.count == 3)
        _ = world.snapshot.upsert(alias)
        #expect(try world.translated() == TranslatedService())
    }

    @Test("49: a nodePort answers at the given addresses only")
    func chosenAddresses() throws {
        let world = World(object, slices: [pods])
        let identity = ServiceIdentity(namespace: "default", name: "web")
        let definition = try #require(world.snapshot.services[identity])
        let node = try #require(world.snapshot.nodes["node1"])
        let frontends = NodeFrontends(
            place: node.locality, nodePortAddresses: Array(node.addresses.prefix(1)))
        let entries = frontends.translate(
            definition, groups: world.snapshot.groups(of: identity)
        ).entries
        #expect(
            entries.map(\.frontend.description)
                == ["10.96.0.10:80/tcp", "192.168.50.1:30080/tcp"])
    }

    @Test("19: without endpoints a nodePort and an external address refuse every client")
    func refuses() throws {
        let object = service(type: "NodePort", ports: [port(nodePort: 30_080)]) {
            $0.spec.externalIPs = ["203.0.113.80"]
        }
        let host = try World(object).host()
        for client in ["203.0.113.5", "10.244.1.9", "10.244.2.9", "192.168.50.1"] {
            for socket in ["192.168.50.1:30080", "203.0.113.80:80"] {
                #expect(try host.fates(from: client, to: socket) == ["refused"])
            }
        }
    }

    @Test("every element says in words whose it is")
    func entryLabels() throws {
        let object = service(
            type: "LoadBalancer",
            ports: [port("http", 80, nodePort: 30_080), port("", 443)]
        ) {
            $0.spec.externalIPs = ["203.0.113.80"]
            $0.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "198.51.100.10")])
        }
        let entries = try World(object).translated().entries
        #expect(
            entries.map { "\($0.frontend) \($0.label)" } == [
                "10.96.0.10:80/tcp default/web:http",
                "198.51.100.10:80/tcp default/web:http loadBalancer",
                "203.0.113.80:80/tcp default/web:http externalIP",
                "192.168.50.1:30080/tcp default/web:http nodePort",
                "198.51.100.201:30080/tcp default/web:http nodePort",
                "10.96.0.10:443/tcp default/web",
                "198.51.100.10:443/tcp default/web loadBalancer",
                "203.0.113.80:443/tcp default/web externalIP",
            ])
    }

    @Test("an address that a Service names twice is one frontend, restricted if either is")
    func namedTwice() throws {
        let object = balancedService {
            $0.spec.externalIPs = ["198.51.100.10"]
            $0.spec.loadBalancerSourceRanges = ["203.0.113.0/24"]
        }
        let host = try World(object, slices: [pods]).host()
        #expect(
            try host.fates(from: "203.0.113.5", to: "198.51.100.10:80")
                == ["10.244.1.2:8080 masq"])
        #expect(try host.fates(from: "192.0.2.5", to: "198.51.100.10:80") == ["dropped"])
    }
}

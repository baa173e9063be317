import Addressing
import KubeAPI
import ServiceModel
import ServiceTranslation
import Testing

/// Behaviours 1–29, as far as they can be seen between objects and packets.
@Suite struct ServiceTests {
    private let pods = slice([pod("10.244.1.2"), pod("10.244.2.2")])

    @Test("3: each endpoint is reached through the ClusterIP, at its targetPort")
    func everyEndpoint() throws {
        let host = try World(service(), slices: [pods]).host()
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80")
                == ["10.244.1.2:8080", "10.244.2.2:8080"])
    }

    @Test("2: endpoints come and go one by one")
    func comeAndGo() throws {
        var world = World(service())
        let addresses = ["10.244.1.2", "10.244.1.3", "10.244.2.2"]
        for count in [0, 1, 2, 3, 2, 1, 0] {
            let some = addresses.prefix(count)
            _ = world.snapshot.upsert(slice(some.map { pod($0) }))
            let expected = count == 0 ? ["refused"] : some.map { "\($0):8080" }
            #expect(
                try world.host().fates(from: "10.244.1.9", to: "10.96.0.10:80") == expected)
        }
    }

    @Test("4: each port has its own targetPort; a pod with one of them is only behind that one")
    func severalPorts() throws {
        let object = service(ports: [port("http", 80), port("admin", 9090)])
        let both = slice(
            [pod("10.244.1.2")], named: "web-a",
            ports: [endpointPort("http", 8080), endpointPort("admin", 9000)])
        let one = slice(
            [pod("10.244.1.3")], named: "web-b", ports: [endpointPort("http", 8080)])
        let host = try World(object, slices: [both, one]).host()
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80")
                == ["10.244.1.2:8080", "10.244.1.3:8080"])
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:9090") == ["10.244.1.2:9000"])
    }

    @Test("5: pods may give a port's name different numbers")
    func namedTargetPort() throws {
        let object = service(ports: [port("http", 80)])
        let old = slice([pod("10.244.1.2")], named: "web-a", ports: [endpointPort("http", 80)])
        let new = slice([pod("10.244.1.3")], named: "web-b", ports: [endpointPort("http", 8080)])
        #expect(
            try World(object, slices: [old, new]).host()
                .fates(from: "10.244.1.9", to: "10.96.0.10:80")
                == ["10.244.1.2:80", "10.244.1.3:8080"])
    }

    @Test("6: a port is added and removed without a difference to the others")
    func addedPort() throws {
        var world = World(service(ports: [port("http", 80)]))
        let ports = [endpointPort("http", 8080), endpointPort("admin", 9000)]
        _ = world.snapshot.upsert(slice([pod("10.244.1.2")], ports: ports))
        let before = try world.translated().entries
        _ = world.snapshot.upsert(service(ports: [port("http", 80), port("admin", 9090)]))
        let added = try world.translated().entries
        #expect(added.count == 2 && added.first == before.first)
        _ = world.snapshot.upsert(service(ports: [port("http", 80)]))
        #expect(try world.translated().entries == before)
    }

    @Test("7: several Services over the same pods work independently")
    func samePods() throws {
        let world = World(
            service(), service("mail", clusterIPs: ["10.96.0.11"]),
            slices: [pods, slice([pod("10.244.1.2")], of: "mail", named: "mail-a")])
        let host = try world.host()
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80")
                == ["10.244.1.2:8080", "10.244.2.2:8080"])
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.11:80") == ["10.244.1.2:8080"])
    }

    @Test("8, 9: a pod's address is kept through a ClusterIP; the node's and others' are not")
    func clientAddress() throws {
        let host = try World(service(), slices: [slice([pod("10.244.2.2")])]).host()
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["10.244.2.2:8080"])
        #expect(
            try host.fates(from: "192.168.50.1", to: "10.96.0.10:80")
                == ["10.244.2.2:8080 masq"])
        #expect(
            try host.fates(from: "192.168.50.2", to: "10.96.0.10:80")
                == ["10.244.2.2:8080 masq"])
    }

    @Test("10: a pod reaches itself through its own Service")
    func hairpin() throws {
        let host = try World(service(), slices: [slice([pod("10.244.1.2")])]).host()
        #expect(
            try host.fates(from: "10.244.1.2", to: "10.96.0.10:80")
                == ["10.244.1.2:8080 masq"])
    }

    @Test("13, 16: a Service that goes leaves nothing; it comes back with another ClusterIP")
    func recreated() throws {
        var world = World(service(), slices: [pods])
        _ = world.snapshot.delete(service())
        #expect(try world.host().fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["dropped"])
        _ = world.snapshot.upsert(service(clusterIPs: ["10.96.0.20"]))
        #expect(try world.host().fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["dropped"])
        #expect(
            try world.host().fates(from: "10.244.1.9", to: "10.96.0.20:80")
                == ["10.244.1.2:8080", "10.244.2.2:8080"])
    }

    @Test(
        "17, 18: the labels service-proxy-name and headless take a Service out of the tables",
        arguments: [WellKnown.serviceProxyName, WellKnown.headless])
    func labels(label: String) throws {
        var world = World(service(), slices: [pods])
        let before = try world.translated()
        #expect(before.entries.count == 1)
        _ = world.snapshot.upsert(service { $0.metadata.labels = [label: ""] })
        #expect(try world.translated().entries.isEmpty)
        _ = world.snapshot.upsert(service())
        #expect(try world.translated() == before)
    }

    @Test("18: a headless Service has no frontends, however it says so")
    func headless() throws {
        for change: (inout ServiceObject) -> Void in [
            { $0.spec.clusterIP = "None" },
            {
                $0.spec.clusterIP = "None"; $0.spec.clusterIPs = ["None"]
            },
        ] {
            let object = service("web", clusterIPs: []) {
                $0.spec.clusterIPs = nil
                change(&$0)
            }
            let translated = try World(object, slices: [pods]).translated()
            #expect(translated.entries.isEmpty && translated.problems.isEmpty)
        }
    }

    @Test("19: without ready endpoints every client inside is refused at once")
    func refuses() throws {
        let host = try World(service(), slices: [slice([pod("10.244.1.2", .unready)])]).host()
        for client in ["10.244.1.9", "10.244.2.9", "192.168.50.1", "192.168.50.2"] {
            #expect(try host.fates(from: client, to: "10.96.0.10:80") == ["refused"])
        }
    }

    @Test("21: endpoints by hand work, also those that name no node")
    func byHand() throws {
        let outside = SliceEndpoint(addresses: ["203.0.113.77"])
        let host = try World(service(), slices: [slice([outside])]).host()
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["203.0.113.77:8080"])
    }

    @Test("22: a port of a ClusterIP that no Service has is refused")
    func undefinedPort() throws {
        let host = try World(service(), slices: [pods]).host()
        #expect(try host.fates(from: "10.244.1.9", to: "10.96.0.10:81") == ["refused"])
        #expect(try host.fates(.udp, from: "10.244.1.9", to: "10.96.0.10:80") == ["refused"])
    }

    @Test("a client outside the cluster does not reach a ClusterIP, although it has a route")
    func isolation() throws {
        let host = try World(service(), slices: [pods]).host()
        #expect(try host.fates(from: "203.0.113.5", to: "10.96.0.10:80") == ["dropped"])
    }

    @Test("a Service that waits for its ClusterIP has no frontends yet, and no problems")
    func unallocated() throws {
        let object = service(clusterIPs: []) { $0.spec.clusterIP = "" }
        let translated = try World(object, slices: [pods]).translated()
        #expect(translated.entries.isEmpty && translated.problems.isEmpty)
    }
}

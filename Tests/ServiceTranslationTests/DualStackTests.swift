import Addressing
import Forwarding
import KubeAPI
import ServiceModel
import ServiceTranslation
import Testing

/// Behaviours 137–148: two address families.
@Suite struct DualStackTests {
    private let slices = [
        slice([pod("10.244.1.2")], named: "web-v4"),
        slice([pod("fd00:244:1::2")], named: "web-v6", type: "IPv6"),
    ]

    private func dualStack(_ clusterIPs: [String]) -> ServiceObject {
        service(type: "LoadBalancer", ports: [port(nodePort: 30_080)], clusterIPs: clusterIPs) {
            $0.spec.externalIPs = ["fd00:113::80"]
            $0.status = ServiceStatus(ingress: [
                LoadBalancerIngress(ip: "198.51.100.10"), LoadBalancerIngress(ip: "fd00:100::10"),
            ])
        }
    }

    @Test(
        "139, 142: both families work on every kind of frontend, in either order",
        arguments: [["10.96.0.10", "fd00:96::10"], ["fd00:96::10", "10.96.0.10"]])
    func bothFamilies(clusterIPs: [String]) throws {
        let host = try World(dualStack(clusterIPs), slices: slices).host()
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["10.244.1.2:8080"])
        #expect(
            try host.fates(from: "fd00:244:1::9", to: "[fd00:96::10]:80")
                == ["[fd00:244:1::2]:8080"])
        for socket in ["192.168.50.1:30080", "198.51.100.10:80"] {
            #expect(
                try host.fates(from: "203.0.113.5", to: socket) == ["10.244.1.2:8080 masq"])
        }
        for socket in ["[fd00:50::1]:30080", "[fd00:100::10]:80", "[fd00:113::80]:80"] {
            #expect(
                try host.fates(from: "fd00:113::5", to: socket)
                    == ["[fd00:244:1::2]:8080 masq"])
        }
    }

    @Test("139: the order of the ClusterIPs makes no difference to the tables")
    func order() throws {
        let one = World(dualStack(["10.96.0.10", "fd00:96::10"]), slices: slices)
        let other = World(dualStack(["fd00:96::10", "10.96.0.10"]), slices: slices)
        #expect(try one.translated() == other.translated())
    }

    @Test("137, 138: a Service of one family has no frontends of the other")
    func singleStack() throws {
        for (clusterIP, family) in [("10.96.0.10", IPFamily.v4), ("fd00:96::10", .v6)] {
            let entries = try World(dualStack([clusterIP]), slices: slices).translated().entries
            #expect(entries.allSatisfy { $0.family == family && !$0.backends.isEmpty })
            #expect(entries.count == 4)
        }
    }

    @Test("138: a nodePort of a Service of one family is not taken in the other")
    func otherFamilyNodePort() throws {
        let object = service(type: "NodePort", ports: [port(nodePort: 30_080)])
        let host = try World(object, slices: slices).host()
        #expect(
            try host.fates(from: "fd00:113::5", to: "[fd00:50::1]:30080") == ["untouched"])
    }

    @Test("142: the second family without endpoints refuses, while the first one serves")
    func oneFamilyServes() throws {
        let object = dualStack(["10.96.0.10", "fd00:96::10"])
        let host = try World(object, slices: [slices[0]]).host()
        #expect(
            try host.fates(from: "10.244.1.9", to: "10.96.0.10:80") == ["10.244.1.2:8080"])
        for socket in ["[fd00:96::10]:80", "[fd00:50::1]:30080", "[fd00:100::10]:80"] {
            #expect(try host.fates(from: "fd00:244:1::9", to: socket) == ["refused"])
        }
    }

    @Test("141: up and down between one and two families, the first address stays")
    func upAndDown() throws {
        var world = World(dualStack(["10.96.0.10"]), slices: slices)
        let single = try world.translated()
        _ = world.snapshot.upsert(dualStack(["10.96.0.10", "fd00:96::10"]))
        let dual = try world.translated()
        #expect(Set(dual.entries).isSuperset(of: single.entries))
        #expect(dual.entries.count > single.entries.count)
        _ = world.snapshot.upsert(dualStack(["10.96.0.10"]))
        #expect(try world.translated() == single)
    }

    @Test("148: hairpin and masquerade work over IPv6 as well")
    func hairpin() throws {
        let host = try World(dualStack(["fd00:96::10"]), slices: slices).host()
        #expect(
            try host.fates(from: "fd00:244:1::2", to: "[fd00:96::10]:80")
                == ["[fd00:244:1::2]:8080 masq"])
        #expect(
            try host.fates(from: "fd00:50::1", to: "[fd00:96::10]:80")
                == ["[fd00:244:1::2]:8080 masq"])
    }

    @Test("98: source ranges restrict their own family and leave the other one open")
    func rangesOfOneFamily() throws {
        var object = dualStack(["10.96.0.10", "fd00:96::10"])
        object.spec.loadBalancerSourceRanges = ["203.0.113.0/24"]
        let host = try World(object, slices: slices).host()
        #expect(
            try host.fates(from: "203.0.113.5", to: "198.51.100.10:80")
                == ["10.244.1.2:8080 masq"])
        #expect(try host.fates(from: "192.0.2.5", to: "198.51.100.10:80") == ["dropped"])
        #expect(
            try host.fates(from: "fd00:113::5", to: "[fd00:100::10]:80")
                == ["[fd00:244:1::2]:8080 masq"])
    }
}

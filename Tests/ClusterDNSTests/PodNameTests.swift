import ClusterDNS
import DNSMessage
import ServiceModel
import Testing

@Suite("Names of pods")
struct PodNameTests {
    private func world(_ records: PodRecords) throws -> ZoneWorld {
        var world = try ZoneWorld { $0.podRecords = records }
        try world.add(at: "10.96.0.20")
        return world
    }

    @Test("182, D-16: a pod's address is its name, of either family")
    func insecure() throws {
        let world = try world(.insecure)
        #expect(try world.data("10-244-1-2.default.pod.cluster.local") == ["10.244.1.2"])
        #expect(try world.data("fd00-244--2.DEFAULT.pod.cluster.local", .aaaa) == ["fd00:244::2"])
        #expect(
            try world.data("FD00-244-0-0-0-0-0-2.default.pod.cluster.local", .aaaa)
                == ["fd00:244::2"])
        #expect(
            try world.ask("10-244-1-2.default.pod.cluster.local", .aaaa)
                == .no(.noError, serial: world.zone.serial))
    }

    @Test(
        "what is no address, in a namespace that is none, or below an address, does not exist",
        arguments: [
            "10-244-1.default", "10-244-1-256.default", "010-244-1-2.default", "web.default",
            "10-244-1-2.nowhere", "x.10-244-1-2.default", "10-244-1-2-3.default", "----.default",
            "nowhere", "10_244_1_2.default", #"10\.244\.1\.2.default"#,
        ])
    func noAddress(text: String) throws {
        let world = try world(.insecure)
        #expect(
            try world.ask("\(text).pod.cluster.local")
                == .no(.nameError, serial: world.zone.serial))
    }

    @Test("verified: pods that exist alone have names, in their own namespace")
    func verified() throws {
        var world = try world(.verified)
        let namespace = try #require(NameLabel("shop"))
        let pod = PodAddress(namespace: namespace, address: try address("10.244.1.2"))
        #expect(try world.ask("shop.pod.cluster.local")?.code == .nameError)
        let changes = [world.zone.setPod(pod, exists: true), world.zone.setPod(pod, exists: true)]
        #expect(changes == [true, false])
        #expect(try world.data("10-244-1-2.shop.pod.cluster.local") == ["10.244.1.2"])
        #expect(try world.ask("10-244-1-2.default.pod.cluster.local")?.code == .nameError)
        #expect(try world.ask("10-244-1-3.shop.pod.cluster.local")?.code == .nameError)
        #expect(try world.ask("shop.pod.cluster.local")?.code == .noError)
        world.zone.setPod(pod, exists: false)
        #expect(try world.ask("10-244-1-2.shop.pod.cluster.local")?.code == .nameError)
        #expect(try world.ask("shop.pod.cluster.local")?.code == .nameError)
    }

    @Test("off: there are no such names")
    func off() throws {
        let world = try world(.off)
        for text in ["10-244-1-2.default.pod", "default.pod", "pod"] {
            #expect(
                try world.ask("\(text).cluster.local")
                    == .no(.nameError, serial: world.zone.serial))
        }
    }
}

import Addressing
import ClusterDNS
import DNSMessage
import ServiceModel
import Testing

@Suite("Changes of a zone")
struct ZoneChangeTests {
    private var world: ZoneWorld
    private let web = ServiceIdentity(namespace: "default", name: "web")

    init() throws { world = try ZoneWorld() }

    @Test("each change makes a new version, and what changes nothing does not")
    mutating func serial() throws {
        let records = ServiceRecords.clusterIP(addresses: [try address("10.96.0.20")], ports: [])
        var changes: [Bool] = []
        for records in [nil, records, records, nil, nil] {
            changes.append(world.zone.set(records, for: web))
        }
        #expect(changes == [false, true, false, true, false])
        #expect(world.zone.serial == 3)
        #expect(try world.data("cluster.local", .soa).first?.contains(" 3 7200 ") == true)
    }

    @Test("the version goes round after the highest number")
    func serialWraps() throws {
        let settings = ZoneSettings(origin: try name("cluster.local"))
        var zone = try #require(ClusterZone(settings: settings, serial: .max))
        zone.set(.alias(try name("example.com")), for: web)
        #expect(zone.serial == 0)
    }

    @Test("a copy keeps its version")
    mutating func copies() throws {
        try world.add(at: "10.96.0.20")
        let before = world
        world.zone.set(nil, for: web)
        #expect(try before.data("web.default.svc.cluster.local") == ["10.96.0.20"])
        #expect(try world.ask("web.default.svc.cluster.local")?.code == .nameError)
    }

    @Test(
        "a name that makes no label, or none that fits, has no records",
        arguments: ["a.b", "a b", "", "é", String(repeating: "a", count: 64)])
    mutating func impossible(name: String) throws {
        let records = ServiceRecords.clusterIP(addresses: [try address("10.96.0.20")], ports: [])
        let isChanged = world.zone.set(
            records, for: ServiceIdentity(namespace: "default", name: name))
        #expect(!isChanged)
        #expect(try world.ask("10.96.0.20".reverse, .ptr)?.code == .nameError)
    }

    @Test("an origin may be so long that few names fit, and not so long that none does")
    func origins() throws {
        let label = String(repeating: "a", count: 63)
        let long = try name(
            "\(label).\(label).\(label).aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
        var zone = try #require(ClusterZone(settings: ZoneSettings(origin: long)))
        let records = ServiceRecords.clusterIP(addresses: [try address("10.96.0.20")], ports: [])
        let isChanged = zone.set(
            records, for: ServiceIdentity(namespace: "kube-system", name: "kube-dns"))
        #expect(!isChanged)
        let longer = try name("\(label).\(label).\(label).\(label.dropLast(2))")
        #expect(ClusterZone(settings: ZoneSettings(origin: longer)) == nil)
    }

    @Test("endpoints whose names are too long are found at the Service's alone")
    func longEndpoints() throws {
        let label = String(repeating: "a", count: 63)
        var world = try ZoneWorld { settings in
            settings.origin = DomainName(String(repeating: "b.", count: 60) + "local") ?? .root
        }
        try world.add(
            "\(label)/db", endpoints: [try endpoint("10.244.1.2", label)],
            ports: [try port("sql", 5432)])
        let owner = "db.\(label).svc.\(world.zone.settings.origin)"
        #expect(try world.data(owner) == ["10.244.1.2"])
        #expect(try world.ask(owner, .srv)?.answers == [])
        #expect(try world.ask("10.244.1.2".reverse, .ptr)?.code == .nameError)
    }

    @Test("the root may be the origin")
    func root() throws {
        var world = try ZoneWorld { $0.origin = .root }
        try world.add(at: "10.96.0.20")
        #expect(try world.data("web.default.svc") == ["10.96.0.20"])
        #expect(try world.ask("example.com")?.code == .nameError)
        #expect(try world.data(".", .ns) == ["ns.dns."])
    }
}

import Addressing
import ClusterDNS
import DNSMessage
import ServiceModel
import Testing

@Suite("Headless Services")
struct HeadlessTests {
    private var world: ZoneWorld
    private static let service = "db.default.svc.cluster.local"

    init() throws { world = try ZoneWorld() }

    @Test("D-9, 178: there is a record for each endpoint's address, of either family")
    mutating func addresses() throws {
        try world.add(
            "default/db",
            endpoints: [
                try endpoint("10.244.2.3"), try endpoint("10.244.1.2"), try endpoint("fd00:244::1"),
            ])
        #expect(try world.data(Self.service) == ["10.244.1.2", "10.244.2.3"])
        #expect(try world.data(Self.service, .aaaa) == ["fd00:244::1"])
    }

    @Test("D-9: an address that several slices name counts once")
    mutating func addressTwice() throws {
        let both = [try endpoint("10.244.1.2", "a"), try endpoint("10.244.1.2", "b")]
        try world.add("default/db", endpoints: both + both)
        #expect(try world.data(Self.service) == ["10.244.1.2"])
        #expect(
            try world.data("10.244.1.2".reverse, .ptr) == [
                "a.\(Self.service).", "b.\(Self.service).",
            ])
    }

    @Test("D-10: with no endpoint ready, the name does not exist; its namespace does")
    mutating func noneReady() throws {
        try world.add("default/db", endpoints: [], ports: [try port("sql", 5432)])
        let serial = world.zone.serial
        for type in [RecordType.a, .aaaa, .srv, .txt] {
            #expect(try world.ask(Self.service, type) == .no(.nameError, serial: serial))
        }
        #expect(
            try world.ask("_sql._tcp.\(Self.service)", .srv) == .no(.nameError, serial: serial))
        #expect(
            try world.ask("default.svc.cluster.local") == .no(.noError, serial: serial))
    }

    @Test("D-11, 183: a hostname below the Service's has the addresses of all endpoints with it")
    mutating func hostnames() throws {
        try world.add(
            "default/db",
            endpoints: [
                try endpoint("10.244.1.2", "db-0"), try endpoint("fd00:244::2", "db-0"),
                try endpoint("10.244.1.3", "db-1"), try endpoint("10.244.2.3", "db-1"),
            ])
        #expect(try world.data("db-0.\(Self.service)") == ["10.244.1.2"])
        #expect(try world.data("db-0.\(Self.service)", .aaaa) == ["fd00:244::2"])
        #expect(try world.data("DB-1.\(Self.service)") == ["10.244.1.3", "10.244.2.3"])
        let serial = world.zone.serial
        #expect(try world.ask("db-1.\(Self.service)", .aaaa) == .no(.noError, serial: serial))
        #expect(try world.ask("db-2.\(Self.service)") == .no(.nameError, serial: serial))
        #expect(try world.ask("a.db-1.\(Self.service)") == .no(.nameError, serial: serial))
    }

    @Test("D-12: an endpoint without a hostname has one made of its address")
    mutating func madeHostnames() throws {
        try world.add(
            "default/db", endpoints: [try endpoint("10.244.1.2"), try endpoint("fd00:244::2")])
        #expect(try world.data("10-244-1-2.\(Self.service)") == ["10.244.1.2"])
        #expect(try world.data("fd00-244--2.\(Self.service)", .aaaa) == ["fd00:244::2"])
    }

    @Test("D-13, 179: each endpoint is a location for each named port, at its own number")
    mutating func locations() throws {
        let first = NamedEndpointGroup(
            ports: [try port("sql", 5432), try port("metrics", 9100)],
            endpoints: [try endpoint("10.244.1.2", "db-0"), try endpoint("fd00:244::2", "db-0")])
        let second = NamedEndpointGroup(
            ports: [try port("sql", 15432)], endpoints: [try endpoint("10.244.1.3", "db-1")])
        world.zone.set(
            .headless(HeadlessRecords([second, first])),
            for: ServiceIdentity(namespace: "default", name: "db"))
        let said = try #require(try world.ask("_sql._tcp.\(Self.service)", .srv))
        #expect(
            said.answers == [
                "_sql._tcp.\(Self.service). 5 SRV 0 100 5432 db-0.\(Self.service).",
                "_sql._tcp.\(Self.service). 5 SRV 0 100 15432 db-1.\(Self.service).",
            ])
        #expect(
            said.additionals == [
                "db-0.\(Self.service). 5 A 10.244.1.2", "db-0.\(Self.service). 5 AAAA fd00:244::2",
                "db-1.\(Self.service). 5 A 10.244.1.3",
            ])
        #expect(
            try world.data("_metrics._tcp.\(Self.service)", .srv)
                == ["0 100 9100 db-0.\(Self.service)."])
        #expect(try world.data(Self.service, .srv).count == 3)
    }

    @Test("D-13: endpoints without named ports have no locations")
    mutating func noPorts() throws {
        try world.add("default/db", endpoints: [try endpoint("10.244.1.2")])
        let serial = world.zone.serial
        #expect(try world.ask(Self.service, .srv) == .no(.noError, serial: serial))
        #expect(try world.ask("_tcp.\(Self.service)", .srv) == .no(.nameError, serial: serial))
    }

    @Test("D-14, 181: an endpoint's address has the name that leads to it")
    mutating func pointers() throws {
        try world.add(
            "default/db",
            endpoints: [try endpoint("10.244.1.2", "db-0"), try endpoint("fd00:244::2")])
        #expect(try world.data("10.244.1.2".reverse, .ptr) == ["db-0.\(Self.service)."])
        #expect(try world.data("fd00:244::2".reverse, .ptr) == ["fd00-244--2.\(Self.service)."])
    }

    @Test("D-14: an address of several Services has all their names")
    mutating func sharedAddress() throws {
        try world.add("default/db", endpoints: [try endpoint("10.244.1.2", "db-0")])
        try world.add("default/all", endpoints: [try endpoint("10.244.1.2")])
        #expect(
            try world.data("10.244.1.2".reverse, .ptr)
                == ["10-244-1-2.all.default.svc.cluster.local.", "db-0.\(Self.service)."])
        world.zone.set(nil, for: ServiceIdentity(namespace: "default", name: "all"))
        #expect(try world.data("10.244.1.2".reverse, .ptr) == ["db-0.\(Self.service)."])
    }

    @Test("answers begin with another record each time", arguments: [0, 1, 2, 3, UInt.max])
    mutating func rotation(rotation: UInt) throws {
        let all = ["10.244.1.1", "10.244.1.2", "10.244.1.3"]
        try world.add("default/db", endpoints: try all.map { try endpoint($0) })
        let start = Int(rotation % 3)
        #expect(
            try world.data(Self.service, rotation: rotation)
                == Array(all[start...] + all[..<start]))
    }

    @Test("an answer has no more records than a message holds, and the rotation brings the rest")
    mutating func limit() throws {
        let held = ZoneLimits.answerBytes / 16
        for count in [held, held + 1] {
            let endpoints = (0..<count).map {
                NamedEndpoint(address: .v4(IPv4Address(rawValue: 0x0af4_0000 + UInt32($0))))
            }
            try world.add("default/db", endpoints: endpoints, ports: [try port("sql", 5432)])
            #expect(try world.data(Self.service).count == held)
        }
        #expect(try world.data(Self.service, rotation: UInt(held)).first == "10.244.15.160")
        let locations = try #require(try world.ask("_sql._tcp.\(Self.service)", .srv))
        #expect(locations.answers.count < ZoneLimits.answerBytes / 60)
        #expect(locations.additionals.count == ZoneLimits.additionalRecords)
    }
}

extension String {
    /// The reverse name of the address that this is.
    var reverse: String {
        IPAddress(self).map { DomainName(reverseOf: $0).description } ?? "no address"
    }
}

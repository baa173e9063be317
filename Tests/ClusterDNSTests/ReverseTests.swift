import Addressing
import ClusterDNS
import DNSMessage
import Testing

@Suite("Reverse names")
struct ReverseTests {
    private var world: ZoneWorld
    private var serial: UInt32 { world.zone.serial }

    init() throws {
        world = try ZoneWorld()
        try world.add(at: "10.96.0.20", "fd00:96::14")
    }

    @Test(
        "an address of the blocks that nobody has is denied by its own zone",
        arguments: [
            ("9.9.97.10.in-addr.arpa", "97.10.in-addr.arpa."),
            ("255.255.111.10.in-addr.arpa", "111.10.in-addr.arpa."),
            ("2.1.244.10.in-addr.arpa", "244.10.in-addr.arpa."),
            ("x.20.0.96.10.in-addr.arpa", "96.10.in-addr.arpa."),
            ("x.96.10.in-addr.arpa", "96.10.in-addr.arpa."),
            ("020.0.96.10.in-addr.arpa", "96.10.in-addr.arpa."),
            ("256.0.96.10.in-addr.arpa", "96.10.in-addr.arpa."),
            ("+20.0.96.10.in-addr.arpa", "96.10.in-addr.arpa."),
            ("0/25.0.96.10.in-addr.arpa", "96.10.in-addr.arpa."),
        ])
    func nobody(text: String, apex: String) throws {
        for type in [RecordType.ptr, .a, .soa, .ns] {
            #expect(try world.ask(text, type) == .no(.nameError, of: apex, serial: serial))
        }
    }

    @Test("an IPv6 address of the blocks that nobody has is denied by its own zone")
    func nobody6() throws {
        let apex = "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.0.d.f.ip6.arpa."
        #expect(
            try world.ask("fd00:96::15".reverse, .ptr) == .no(.nameError, of: apex, serial: serial))
        #expect(
            try world.ask("10.\(apex)", .ptr) == .no(.nameError, of: apex, serial: serial))
        #expect(try world.ask("0.\(apex)", .ptr) == .no(.noError, of: apex, serial: serial))
        #expect(try world.ask("+0.\(apex)", .ptr) == .no(.nameError, of: apex, serial: serial))
    }

    @Test(
        "188: an address outside the blocks is somebody else's, and so are the names above them",
        arguments: [
            "8.8.8.8.in-addr.arpa", "1.0.112.10.in-addr.arpa", "112.10.in-addr.arpa",
            "10.in-addr.arpa", "in-addr.arpa", "ip6.arpa", "arpa", "x.10.in-addr.arpa",
            "096.10.in-addr.arpa", "1.0.0.127.in-addr.arpa", "0.6.9.0.0.0.0.d.f.ip6.arpa",
        ])
    func outside(text: String) throws {
        for type in [RecordType.ptr, .soa] { #expect(try world.ask(text, type) == nil) }
    }

    @Test("each reverse zone has a start and a server")
    func apexes() throws {
        for text in ["96.10.in-addr.arpa", "111.10.in-addr.arpa", "244.10.in-addr.arpa"] {
            #expect(
                try world.ask(text, .soa)?.answers
                    == Said.no(.noError, of: "\(text).", serial: serial).authorities)
            #expect(try world.data(text, .ns) == ["ns.dns.cluster.local."])
            #expect(try world.ask(text, .ptr) == .no(.noError, of: "\(text).", serial: serial))
        }
    }

    @Test("names between a zone and its addresses are never denied, nor an address's other types")
    func between() throws {
        for text in ["0.96.10.in-addr.arpa", "9.96.10.in-addr.arpa"] {
            #expect(
                try world.ask(text, .ptr)
                    == .no(.noError, of: "96.10.in-addr.arpa.", serial: serial))
        }
        #expect(
            try world.ask("20.0.96.10.in-addr.arpa", .a)
                == .no(.noError, of: "96.10.in-addr.arpa.", serial: serial))
    }

    @Test("an address that a Service has outside the blocks has its name, and no more")
    mutating func foreign() throws {
        try world.add("default/ext", endpoints: [try endpoint("203.0.113.9", "far")])
        #expect(
            try world.data("203.0.113.9".reverse, .ptr) == ["far.ext.default.svc.cluster.local."])
        #expect(try world.ask("203.0.113.9".reverse, .a) == nil)
        #expect(try world.ask("203.0.113.8".reverse, .ptr) == nil)
    }

    @Test("the zone of the smallest block that holds an address denies it")
    func nestedBlocks() throws {
        let world = try ZoneWorld {
            $0.reverseBlocks = ["10.0.0.0/8", "10.96.0.0/16", "192.0.2.1/32"].compactMap {
                CIDRBlock($0)
            }
        }
        let serial = world.zone.serial
        #expect(
            try world.ask("1.1.96.10.in-addr.arpa", .ptr)
                == .no(.nameError, of: "96.10.in-addr.arpa.", serial: serial))
        #expect(
            try world.ask("1.1.97.10.in-addr.arpa", .ptr)
                == .no(.nameError, of: "10.in-addr.arpa.", serial: serial))
        #expect(
            try world.ask("192.0.2.1".reverse, .ptr)
                == .no(.noError, of: "1.2.0.192.in-addr.arpa.", serial: serial))
    }

    @Test("two Services with one ClusterIP both have it, until one goes")
    mutating func sharedClusterIP() throws {
        try world.add("default/again", at: "10.96.0.20")
        #expect(
            try world.data("10.96.0.20".reverse, .ptr)
                == ["again.default.svc.cluster.local.", "web.default.svc.cluster.local."])
        try world.add("default/web", at: "10.96.0.21")
        #expect(
            try world.data("10.96.0.20".reverse, .ptr) == ["again.default.svc.cluster.local."])
    }
}

import Addressing
import ClusterDNS
import DNSMessage
import ServiceModel
import Testing

/// What there is not: a name, or a record of a name (RFC 2308, RFC 8020).
@Suite struct NegativeTests {
    private var world: ZoneWorld
    private var serial: UInt32 { world.zone.serial }

    init() throws {
        world = try ZoneWorld()
        try world.add(at: "10.96.0.20", ports: [try port("http", 80), try port("quic", 443, .udp)])
        try world.add("default/mail", alias: "mail.example.com")
        try world.add("shop/db", endpoints: [try endpoint("10.244.1.2", "db-0")])
        try world.add("shop/pending")
    }

    @Test(
        "191: a name that does not exist is denied with the start of the zone",
        arguments: [
            "nobody.default.svc.cluster.local", "web.nowhere.svc.cluster.local",
            "nowhere.svc.cluster.local", "nobody.cluster.local", "default.cluster.local",
            "web.default.cluster.local", "pending.shop.svc.cluster.local",
            "x.dns-version.cluster.local", "x.dns.cluster.local", "x.ns.dns.cluster.local",
            "x.web.default.svc.cluster.local", "_sctp.web.default.svc.cluster.local",
            "_https._tcp.web.default.svc.cluster.local", "_http._udp.web.default.svc.cluster.local",
            "http._tcp.web.default.svc.cluster.local", "_http.tcp.web.default.svc.cluster.local",
            "_._tcp.web.default.svc.cluster.local", "_http._.web.default.svc.cluster.local",
            "a._http._tcp.web.default.svc.cluster.local", "x.mail.default.svc.cluster.local",
            "_http._tcp.mail.default.svc.cluster.local", "_tcp.db-0.db.shop.svc.cluster.local",
            "*.default.svc.cluster.local", "web.*.svc.cluster.local",
            "web.default.federation.svc.cluster.local",
            "web.default.svc.cluster.local.default.svc.cluster.local",
            #"w\.eb.default.svc.cluster.local"#, #"\000.\255.svc.cluster.local"#,
            "\u{5c}032.default.svc.cluster.local",
        ])
    func absent(text: String) throws {
        for type in [RecordType.a, .aaaa, .srv, .txt, .cname, .soa, .ns, .ptr, .any] {
            #expect(try world.ask(text, type) == .no(.nameError, serial: serial))
        }
    }

    @Test(
        "191: a name that exists, or has one below it, has nothing of another type",
        arguments: [
            (
                "web.default.svc.cluster.local",
                [RecordType.aaaa, .txt, .mx, .soa, .ns, .cname, .any]
            ),
            ("db.shop.svc.cluster.local", [.aaaa, .srv, .txt, .ds]),
            ("db-0.db.shop.svc.cluster.local", [.aaaa, .srv, .txt]),
            ("_http._tcp.web.default.svc.cluster.local", [.a, .aaaa, .txt]),
            ("_tcp.web.default.svc.cluster.local", [.a, .srv]),
            ("_UDP.web.default.svc.cluster.local", [.a, .srv]),
            ("default.svc.cluster.local", [.a, .ns, .soa]), ("svc.cluster.local", [.a, .ns]),
            ("pod.cluster.local", [.a]), ("default.pod.cluster.local", [.a]),
            ("dns.cluster.local", [.a]), ("ns.dns.cluster.local", [.txt]),
            ("dns-version.cluster.local", [.a]), ("cluster.local", [.a, .txt, .cname, .ds]),
        ])
    func empty(text: String, types: [RecordType]) throws {
        for type in types {
            #expect(try world.ask(text, type) == .no(.noError, serial: serial))
        }
    }

    @Test("names that are not of the zone are somebody else's")
    func outside() throws {
        for text in [
            ".", "local", "example.com", "xcluster.local", "cluster.local.example.com",
            #"x\.cluster.local"#,
        ] {
            #expect(try world.ask(text) == nil)
        }
        let question = Question(
            name: try name("web.default.svc.cluster.local"), type: .a, class: .chaos)
        #expect(world.zone.answer(question) == .outside)
    }

    @Test("the apex has a start and a server, which has addresses")
    func apex() throws {
        #expect(
            try world.ask("cluster.local", .soa)?.answers
                == Said.no(.noError, serial: serial).authorities)
        let servers = try #require(try world.ask("Cluster.Local", .ns))
        #expect(servers.answers == ["Cluster.Local. 5 NS ns.dns.cluster.local."])
        #expect(
            servers.additionals == [
                "ns.dns.cluster.local. 5 A 10.96.0.10", "ns.dns.cluster.local. 5 AAAA fd00:96::a",
            ])
        #expect(try world.data("ns.dns.cluster.local") == ["10.96.0.10"])
        #expect(try world.data("ns.dns.cluster.local", .aaaa) == ["fd00:96::a"])
    }

    @Test("a namespace goes with its last Service")
    mutating func namespaces() throws {
        #expect(try world.ask("shop.svc.cluster.local")?.code == .noError)
        world.zone.set(nil, for: ServiceIdentity(namespace: "shop", name: "db"))
        #expect(try world.ask("shop.svc.cluster.local")?.code == .noError)
        world.zone.set(nil, for: ServiceIdentity(namespace: "shop", name: "pending"))
        #expect(try world.ask("shop.svc.cluster.local")?.code == .nameError)
    }

    @Test("the longest names are asked for in vain")
    func longest() throws {
        let long = String(repeating: "a", count: 63)
        let longest = [long, long, long, String(repeating: "b", count: 43), "svc.cluster.local"]
            .joined(separator: ".")
        #expect(try name(longest).wire.count == 255)
        #expect(try world.ask(longest) == .no(.nameError, serial: serial))
        let many = String(repeating: "a.", count: 119) + "cluster.local"
        #expect(try world.ask(many) == .no(.nameError, serial: serial))
    }
}

import Addressing
import ClusterDNS
import DNSMessage
import ServiceModel
import Testing

/// The Kubernetes DNS specification 1.1.0.
@Suite struct SpecificationTests {
    private var world: ZoneWorld
    private static let service = "web.default.svc.cluster.local"

    init() throws { world = try ZoneWorld() }

    @Test("D-1: the schema version is a text")
    func version() throws {
        #expect(
            try world.ask("dns-version.cluster.local", .txt)?.answers
                == ["dns-version.cluster.local. 5 TXT 1.1.0"])
    }

    @Test("D-2: a ClusterIP is an A record")
    mutating func clusterIP() throws {
        try world.add(at: "10.96.0.20")
        let said = try #require(try world.ask(Self.service))
        #expect(said.code == .noError)
        #expect(said.answers == ["web.default.svc.cluster.local. 5 A 10.96.0.20"])
        #expect(said.authorities.isEmpty && said.additionals.isEmpty && said.alias == nil)
    }

    @Test("D-3: an IPv6 ClusterIP is an AAAA record, in either order of the families")
    mutating func dualStack() throws {
        try world.add("default/web", at: "10.96.0.20", "fd00:96::14")
        try world.add("default/six", at: "fd00:96::15", "10.96.0.21")
        #expect(try world.data(Self.service) == ["10.96.0.20"])
        #expect(try world.data(Self.service, .aaaa) == ["fd00:96::14"])
        #expect(try world.data("six.default.svc.cluster.local") == ["10.96.0.21"])
        #expect(try world.data("six.default.svc.cluster.local", .aaaa) == ["fd00:96::15"])
    }

    @Test(
        "D-4: a named port is an SRV record with the Service's port",
        arguments: TransportProtocol.allCases)
    mutating func namedPort(transport: TransportProtocol) throws {
        try world.add(
            at: "10.96.0.20", ports: [try port("http", 80, transport), try port("admin", 8080)])
        let said = try #require(
            try world.ask("_http._\(transport).\(Self.service)", .srv))
        #expect(
            said.answers == [
                "_http._\(transport).web.default.svc.cluster.local. 5 SRV 0 100 80 "
                    + "web.default.svc.cluster.local."
            ])
    }

    @Test("D-4: one name may be a port of several protocols")
    mutating func sameNameTwice() throws {
        try world.add(at: "10.96.0.20", ports: [try port("dns", 53), try port("dns", 54, .udp)])
        #expect(
            try world.data("_dns._udp.\(Self.service)", .srv)
                == ["0 100 54 web.default.svc.cluster.local."])
    }

    @Test("D-5: an unnamed port is nothing to DNS")
    func unnamedPort() throws {
        let port = try #require(Port(80))
        #expect(NamedPort(name: "", transport: .tcp, port: port) == nil)
    }

    @Test("D-6: an SRV record brings the Service's addresses, in its order")
    mutating func additionals() throws {
        try world.add(at: "fd00:96::14", "10.96.0.20", ports: [try port("http", 80)])
        #expect(
            try world.ask("_http._tcp.\(Self.service)", .srv)?.additionals == [
                "web.default.svc.cluster.local. 5 AAAA fd00:96::14",
                "web.default.svc.cluster.local. 5 A 10.96.0.20",
            ])
    }

    @Test("D-7, 180: an IPv4 ClusterIP has its Service's name")
    mutating func pointer() throws {
        try world.add(at: "10.96.0.20")
        #expect(
            try world.ask("20.0.96.10.in-addr.arpa", .ptr)?.answers
                == ["20.0.96.10.in-addr.arpa. 5 PTR web.default.svc.cluster.local."])
    }

    @Test("D-8: so has an IPv6 one, by its nibbles")
    mutating func pointer6() throws {
        try world.add(at: "fd00:96::14")
        let nibbles = "4.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.0.d.f"
        #expect(
            try world.data("\(nibbles).ip6.arpa", .ptr) == ["web.default.svc.cluster.local."])
        #expect(
            try world.data("\(nibbles.uppercased()).IP6.ARPA", .ptr)
                == ["web.default.svc.cluster.local."])
    }

    @Test("D-15: an ExternalName is a CNAME, and whoever asks for more is told where to go on")
    mutating func alias() throws {
        try world.add("default/mail", alias: "mail.example.com")
        let record = "mail.default.svc.cluster.local. 5 CNAME mail.example.com."
        let asked = try #require(try world.ask("mail.default.svc.cluster.local", .cname))
        #expect(asked.answers == [record] && asked.alias == nil)
        for type in [RecordType.a, .aaaa] {
            let followed = try #require(try world.ask("mail.default.svc.cluster.local", type))
            #expect(followed.answers == [record])
            #expect(followed.alias == "mail.example.com.")
            #expect(followed.authorities.isEmpty)
        }
    }

    @Test("D-17: records may be remembered for as long as the settings say")
    mutating func timeToLive() throws {
        world = try ZoneWorld {
            $0.timeToLiveSeconds = 30
            $0.negativeTimeToLiveSeconds = 7
        }
        try world.add(at: "10.96.0.20")
        #expect(
            try world.ask(Self.service)?.answers
                == ["web.default.svc.cluster.local. 30 A 10.96.0.20"])
        let no = try #require(try world.ask(Self.service, .aaaa)).authorities
        #expect(no.count == 1)
        #expect(no.allSatisfy { $0.hasPrefix("cluster.local. 7 SOA ") && $0.hasSuffix(" 7") })
    }

    @Test("names compare without case, and the answer is spelled as the question")
    mutating func spelling() throws {
        try world.add(at: "10.96.0.20", ports: [try port("http", 80)])
        #expect(
            try world.ask("WeB.DEFAULT.svc.Cluster.Local")?.answers
                == ["WeB.DEFAULT.svc.Cluster.Local. 5 A 10.96.0.20"])
        #expect(
            try world.ask("_HTTP._Tcp.WEB.default.svc.cluster.local", .srv)?.answers == [
                "_HTTP._Tcp.WEB.default.svc.cluster.local. 5 SRV 0 100 80 "
                    + "web.default.svc.cluster.local."
            ])
        #expect(
            try world.data("20.0.96.10.IN-ADDR.ARPA", .ptr) == ["web.default.svc.cluster.local."])
    }
}

import ClusterDNS
import DNSMessage
import ServiceModel
import Testing

@Suite("Aliases")
struct AliasTests {
    private var world: ZoneWorld

    init() throws { world = try ZoneWorld() }

    @Test("185: changing the target changes the CNAME; a ClusterIP instead gives an A record")
    mutating func changes() throws {
        try world.add("default/ext", alias: "one.example.com")
        #expect(try world.data("ext.default.svc.cluster.local", .cname) == ["one.example.com."])
        try world.add("default/ext", alias: "two.example.com")
        #expect(try world.data("ext.default.svc.cluster.local", .cname) == ["two.example.com."])
        try world.add("default/ext", at: "10.96.0.30")
        #expect(try world.data("ext.default.svc.cluster.local") == ["10.96.0.30"])
        #expect(
            try world.ask("ext.default.svc.cluster.local", .cname)
                == .no(.noError, serial: world.zone.serial))
    }

    @Test("186: a target outside the zone is left to others, behind the aliases to it")
    mutating func outside() throws {
        try world.add("default/ext", alias: "Ext2.Default.svc.cluster.local")
        try world.add("default/ext2", alias: "www.acme.local")
        let said = try #require(try world.ask("EXT.default.svc.cluster.local", .aaaa))
        #expect(said.code == .noError)
        #expect(
            said.answers == [
                "EXT.default.svc.cluster.local. 5 CNAME Ext2.Default.svc.cluster.local.",
                "Ext2.Default.svc.cluster.local. 5 CNAME www.acme.local.",
            ])
        #expect(said.alias == "www.acme.local.")
    }

    @Test("a target in the zone is answered for at once, with what it has or has not")
    mutating func inside() throws {
        try world.add("default/ext", alias: "web.default.svc.cluster.local")
        try world.add(at: "10.96.0.20")
        let alias = "ext.default.svc.cluster.local. 5 CNAME web.default.svc.cluster.local."
        #expect(
            try world.ask("ext.default.svc.cluster.local")?.answers
                == [alias, "web.default.svc.cluster.local. 5 A 10.96.0.20"])
        var nothing = Said.no(.noError, serial: world.zone.serial)
        nothing.answers = [alias]
        #expect(try world.ask("ext.default.svc.cluster.local", .aaaa) == nothing)
        world.zone.set(nil, for: ServiceIdentity(namespace: "default", name: "web"))
        var gone = Said.no(.nameError, serial: world.zone.serial)
        gone.answers = [alias]
        #expect(try world.ask("ext.default.svc.cluster.local") == gone)
    }

    @Test("aliases are followed up to the limit and no further")
    mutating func limit() throws {
        let limit = ZoneLimits.aliasesFollowed
        for number in 1...limit + 1 {
            try world.add(
                "default/a\(number)", alias: "a\(number - 1).default.svc.cluster.local")
        }
        try world.add("default/a0", at: "10.96.0.20")
        let last = try #require(try world.ask("a\(limit).default.svc.cluster.local"))
        #expect(last.answers.count == limit + 1)
        let tooFar = try #require(try world.ask("a\(limit + 1).default.svc.cluster.local"))
        #expect(tooFar.code == .serverFailure && tooFar.answers.isEmpty && tooFar.alias == nil)
    }

    @Test("a circle of aliases is a failure")
    mutating func circle() throws {
        try world.add("default/a", alias: "b.default.svc.cluster.local")
        try world.add("default/b", alias: "a.default.svc.cluster.local")
        try world.add("default/c", alias: "c.default.svc.cluster.local")
        for text in ["a", "b", "c"] {
            let said = try #require(try world.ask("\(text).default.svc.cluster.local"))
            #expect(said.code == .serverFailure && said.answers.isEmpty)
        }
    }
}

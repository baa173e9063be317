import Addressing
import Support
import Testing

@testable import LoadBalancer

@Suite("Holding load balancer addresses")
struct VIPAnnouncerTests {
    private let first = "198.51.100.10"
    private let second = "198.51.100.11"
    private let third = "fd00:198::10"

    @Test("addresses are put on the interface, alone on the link, and may be taken off again")
    func claims() async throws {
        let link = try Link()
        let announcer = try link.announcer()
        await announcer.want(addresses(first, third))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.10/32", "fd00:198::10/128"])
        await announcer.want(addresses(second))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.11/32"])
        await announcer.want([])
        await announcer.turn()
        #expect(try link.addresses() == [])
    }

    @Test("neighbours that knew the address elsewhere learn where it is now", arguments: 1...2)
    func announces(round: Int) async throws {
        let link = try Link()
        let vip = round == 1 ? first : third
        let announcer = try link.announcer()
        await announcer.want(addresses(vip))
        let own = try link.hardwareAddress()
        let deadline = ContinuousClock.now + .seconds(60)
        var known = ""
        while !known.contains(own), .now < deadline {
            // The kernel forgets neighbours when all namespaces together know many.
            if known.isEmpty {
                try link.neighbour(
                    "ip neigh replace \(vip) lladdr 02:00:00:00:00:99 dev \(Link.far) nud stale")
            }
            await announcer.turn()
            known = try link.neighbour("ip neigh show \(vip) dev \(Link.far)")
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(known.contains(own))
    }

    @Test("addresses of a balancer that was killed stay; the next run releases those not wanted")
    func earlierRun() async throws {
        let link = try Link()
        var announcer = try link.announcer()
        await announcer.want(addresses(first, second))
        await announcer.turn()
        announcer = try link.announcer()
        #expect(try link.addresses() == ["198.51.100.10/32", "198.51.100.11/32"])
        await announcer.want(addresses(second))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.11/32"])
    }

    @Test("an address that somebody else put there is announced, and never taken off")
    func foreign() async throws {
        let link = try Link()
        try link.host("ip addr add \(first)/24 dev \(Link.near)")
        let announcer = try link.announcer()
        await announcer.want(addresses(first))
        await announcer.turn()
        await announcer.want([])
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.10/24"])
    }

    @Test("an address that somebody takes off comes back")
    func comesBack() async throws {
        let link = try Link()
        let announcer = try link.announcer()
        await announcer.want(addresses(first, third))
        await announcer.turn()
        try link.host("ip addr flush dev \(Link.near)")
        await announcer.want(addresses(first, second, third))
        await announcer.turn()
        #expect(
            try link.addresses() == [
                "198.51.100.10/32", "198.51.100.11/32", "fd00:198::10/128",
            ])
    }

    @Test("an interface that is not there yet is waited for")
    func lateInterface() async throws {
        let link = try Link()
        let announcer = try link.announcer(AddressHolding(.link(interface: "late0")))
        await announcer.want(addresses(first))
        await announcer.turn()
        try link.host("ip link add late0 type veth peer name late1")
        // Wanting something else makes it look again at once.
        await announcer.want(addresses(first, second))
        await announcer.turn()
        #expect(try link.addresses(of: "late0") == ["198.51.100.10/32", "198.51.100.11/32"])
    }

    @Test(
        "a balancer that is stopped releases its addresses, and no others",
        arguments: [true, false])
    func stops(releases: Bool) async throws {
        let link = try Link()
        try link.host("ip addr add \(second)/24 dev \(Link.near)")
        var holding = AddressHolding(.link(interface: Link.near))
        holding.releasesOnStop = releases
        let announcer = try link.announcer(holding)
        await announcer.want(addresses(first, second, third))
        await announcer.turn()
        #expect(await announcer.stop() == releases)
        let own = releases ? [] : ["198.51.100.10/32", "fd00:198::10/128"]
        #expect(try link.addresses() == (own + ["198.51.100.11/24"]).sorted())
    }

    @Test("a balancer that cannot take its addresses off says so: another may not have them yet")
    func staysHeld() async throws {
        let link = try Link()
        let announcer = try link.announcer()
        await announcer.want(addresses(first))
        await announcer.turn()
        try link.spoilJournal()
        #expect(await !announcer.stop())
    }

    @Test("an address that a neighbour has is not claimed until the neighbour lets go of it")
    func claimant() async throws {
        let link = try Link()
        for vip in ["\(first)/24", "\(third)/64"] {
            try link.neighbour(
                "ip addr add \(vip) dev \(Link.far)\(vip.contains(":") ? " nodad" : "")")
        }
        let announcer = try link.announcer()
        await announcer.want(addresses(first, second, third))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.11/32"])
        let all = addresses(first, second, third)
        let statuses = await announcer.statuses(of: all, wanted: all)
        #expect(statuses.map(\.state) == ["elsewhere", "held", "elsewhere"])
        #expect(statuses.first?.claimant == (try link.hardwareAddress(ofNeighbour: true)))
        try link.neighbour("ip addr del \(first)/24 dev \(Link.far)")
        try link.neighbour("ip addr del \(third)/64 dev \(Link.far)")
        await announcer.want(addresses(first, third))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.10/32", "fd00:198::10/128"])
    }

    @Test("who is asked to stop while neighbours are asked claims nothing, and says nothing else")
    func cancelled() async throws {
        let link = try Link()
        try link.neighbour("ip addr add \(first)/24 dev \(Link.far)")
        let lines = LogLines()
        let announcer = try link.announcer(logger: lines.logger)
        await announcer.want(addresses(first))
        await announcer.turn()
        // The neighbour is known to have it, and is asked again.
        await announcer.want(addresses(first, second))
        let told = lines.all
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await announcer.turn() }
            try? await Task.sleep(for: .milliseconds(200))
            group.cancelAll()
        }
        #expect(try link.addresses() == [])
        #expect(lines.all == told)
        let all = addresses(first, second)
        #expect(
            await announcer.statuses(of: all, wanted: all).map(\.state) == ["elsewhere", "waiting"])
    }

    @Test("without a probe an address is claimed whoever has it")
    func unprobed() async throws {
        let link = try Link()
        try link.neighbour("ip addr add \(first)/24 dev \(Link.far)")
        var holding = AddressHolding(.link(interface: Link.near))
        holding.probes = false
        let announcer = try link.announcer(holding)
        await announcer.want(addresses(first))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.10/32"])
    }

    @Test("for a routing daemon they are on lo, and an earlier run's on the interface go")
    func host() async throws {
        let link = try Link()
        var announcer = try link.announcer()
        await announcer.want(addresses(first, third))
        await announcer.turn()
        announcer = try link.announcer(AddressHolding(.host))
        await announcer.want(addresses(first, third))
        await announcer.turn()
        #expect(try link.addresses() == [])
        #expect(try link.addresses(of: "lo") == ["198.51.100.10/32", "fd00:198::10/128"])
        announcer = try link.announcer(AddressHolding(.nowhere))
        await announcer.turn()
        #expect(try link.addresses(of: "lo") == [])
    }

    @Test("addresses come and go with the one that VRRP moves", arguments: ["v4", "v6"])
    func follows(family: String) async throws {
        let link = try Link()
        let leader = family == "v4" ? "192.0.2.100" : "fd00:192::100"
        let length = family == "v4" ? 24 : 64
        var holding = AddressHolding(.link(interface: Link.near))
        holding.condition = .has(try #require(IPAddress(leader)))
        let announcer = try link.announcer(holding)
        await announcer.want(addresses(first, third))
        await announcer.turn()
        #expect(try link.addresses() == [])
        let all = addresses(first, third)
        #expect(
            await announcer.statuses(of: all, wanted: all).map(\.state) == ["standby", "standby"])
        // On lo, so that only the Service's addresses are on the link.
        try link.host("ip addr add \(leader)/\(length) dev lo")
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.10/32", "fd00:198::10/128"])
        try link.host("ip addr del \(leader)/\(length) dev lo")
        await announcer.turn()
        #expect(try link.addresses() == [])
    }

    private func addresses(_ texts: String...) -> Set<IPAddress> {
        Set(texts.compactMap { IPAddress($0) })
    }
}

import Addressing
import LeaderElection
import Support
import Testing

@testable import LoadBalancer

@Suite("Addresses that are held by a Lease")
struct LeasedAddressTests {
    private let vips = ["198.51.100.10/32", "fd00:198::10/128"]
    private let wanted = Set(["198.51.100.10", "fd00:198::10"].compactMap { IPAddress($0) })

    private func timing(_ seconds: Int) throws -> LeaseTiming {
        try LeaseTiming(
            duration: .seconds(seconds), renewDeadline: .seconds(seconds - 2),
            retryPeriod: .milliseconds(100))
    }

    private func holding(_ timing: LeaseTiming) -> AddressHolding {
        var holding = AddressHolding(.link(interface: Link.near))
        holding.condition = .holds(
            LeaseSeat(namespace: "kube-system", name: "pair", identity: "one", timing: timing))
        return holding
    }

    @Test("are put on the interface when the term begins, and taken off when it is over")
    func follow() async throws {
        let link = try Link()
        let timing = try timing(120)
        let term = LeaseTerm()
        let announcer = try link.announcer(holding(timing), term: term)
        await announcer.want(wanted)
        await announcer.turn()
        #expect(try link.addresses() == [])
        #expect(
            await announcer.statuses(of: wanted, wanted: wanted).map(\.state)
                == ["standby", "standby"])
        term.set(LeaseTerm.Window(sentAt: .now, timing))
        await announcer.turn()
        #expect(try link.addresses() == vips)
        // Its deadline passed while the process stood still.
        term.set(LeaseTerm.Window(sentAt: .now - .seconds(119), timing))
        await announcer.turn()
        #expect(try link.addresses() == [])
    }

    @Test("go with the term although the process does nothing any more", .timeLimit(.minutes(2)))
    func kernelTakesThemOff() async throws {
        let link = try Link()
        let timing = try timing(3)
        let term = LeaseTerm()
        let announcer = try link.announcer(holding(timing), term: term)
        await announcer.want(wanted)
        // Under load a first term may be over before the addresses are there.
        let deadline = ContinuousClock.now + .seconds(60)
        while try link.addresses() != vips, .now < deadline {
            term.set(LeaseTerm.Window(sentAt: .now, timing))
            await announcer.turn()
        }
        #expect(try link.addresses() == vips)
        while try !link.addresses().isEmpty, .now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try link.addresses() == [])
    }

    @Test("live as long as the last term says, and for ever once no Lease decides")
    func prolonged() async throws {
        let link = try Link()
        let timing = try timing(120)
        let term = LeaseTerm()
        term.set(LeaseTerm.Window(sentAt: .now - .seconds(60), timing))
        let announcer = try link.announcer(holding(timing), term: term)
        await announcer.want(wanted)
        await announcer.turn()
        #expect(try longestLives(link).allSatisfy { 30...59 ~= $0 })
        term.set(LeaseTerm.Window(sentAt: .now, timing))
        await announcer.turn()
        #expect(try longestLives(link).allSatisfy { 90...119 ~= $0 })
        #expect(try longestLives(link).count == 2)
        let successor = try link.announcer()
        await successor.want(wanted)
        await successor.turn()
        #expect(try link.addresses() == vips)
        #expect(try longestLives(link) == [])
    }

    @Test("of a process that was killed stay while it is not known who leads, and go if another")
    func startedAnew() async throws {
        let link = try Link()
        let timing = try timing(120)
        let earlier = LeaseTerm()
        earlier.set(LeaseTerm.Window(sentAt: .now, timing))
        var announcer = try link.announcer(holding(timing), term: earlier)
        await announcer.want(wanted)
        await announcer.turn()
        let term = LeaseTerm()
        announcer = try link.announcer(holding(timing), term: term)
        await announcer.turn()
        #expect(try link.addresses() == vips)
        term.decide()
        await announcer.turn()
        #expect(try link.addresses() == [])
    }

    /// How many seconds each address has left; those that are for ever are left out.
    private func longestLives(_ link: Link) throws -> [Int] {
        try link.host("ip -o addr show dev \(Link.near) scope global")
            .matches(of: #/valid_lft (\d+)sec/#).compactMap { Int($0.1) }
    }
}

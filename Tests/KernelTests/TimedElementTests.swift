import Addressing
import Netfilter
import Ruleset
import Support
import Testing

/// Elements with times of their own, which the kernel takes away by itself.
@Suite("Timed elements")
struct TimedElementTests {
    private let blocked = SetDeclaration(
        "blocked", key: [.sourceAddress], isInterval: true, filling: .timed)

    private func range(_ first: String, _ last: String, _ seconds: Int?) throws -> TimedElement {
        var low = ElementData()
        low.append(try #require(IPAddress(first)))
        var high = ElementData()
        high.append(try #require(IPAddress(last)))
        return TimedElement(Element(low, through: high), timeoutSeconds: seconds)
    }

    @Test("a set is refilled as a whole, neighbours and the ends of the family among it")
    func refill() throws {
        var kernel = try Kernel()
        let id = TableID(.ip, "sluice")
        try kernel.load(Table(id, sets: [ElementSet(blocked)]))
        let first = [
            try range("0.0.0.0", "9.255.255.255", nil), try range("10.0.0.0", "10.0.0.9", 100),
            try range("10.0.0.10", "10.0.0.10", 200),
            try range("255.255.255.0", "255.255.255.255", 9),
        ]
        let second = [
            try range("10.0.0.0", "10.0.0.4", 100), try range("10.0.0.5", "10.0.0.8", nil),
        ]
        for elements in [first, second, []] {
            try kernel.socket.commit([.refill(id, blocked, elements)])
            let found = try kernel.socket.elements(of: id, in: blocked)
            #expect(Set(found) == Set(elements.map(\.element)))
            // What is in it is nobody's plan.
            #expect(try kernel.tables() == Ruleset([Table(id, sets: [ElementSet(blocked)])]))
        }
    }

    @Test("an element goes when its time has come")
    func expiry() async throws {
        var kernel = try Kernel()
        let id = TableID(.ip6, "sluice")
        try kernel.load(Table(id, sets: [ElementSet(blocked)]))
        let stays = try range("fd00::2", "fd00::3", nil)
        try kernel.socket.commit([
            .refill(id, blocked, [try range("fd00::1", "fd00::1", 1), stays])
        ])
        let deadline = ContinuousClock.now + .seconds(60)
        var found: [Element] = []
        repeat {
            found = try kernel.socket.elements(of: id, in: blocked)
        } while found != [stays.element] && ContinuousClock.now < deadline
        #expect(found == [stays.element])
    }
}

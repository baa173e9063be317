import Ruleset
import Support
import Testing

@testable import Netfilter

@Suite("Hearing of others' transactions")
struct RulesetMonitorTests {
    private let namespace: NetworkNamespace

    init() throws { namespace = try NetworkNamespace() }

    /// The transactions until a number of them has been heard, or a minute has passed.
    private func hear(_ count: Int, _ monitor: inout RulesetMonitor) throws -> [RulesetEdit] {
        var edits: [RulesetEdit] = []
        let deadline = ContinuousClock.now + .seconds(60)
        while edits.count < count, ContinuousClock.now < deadline {
            edits += try #require(try monitor.next(withinMilliseconds: 100))
        }
        return edits
    }

    @Test("who changed which tables is told, transaction by transaction")
    func told() throws {
        var monitor = try RulesetMonitor(inNamespace: namespace.name)
        #expect(try monitor.next(withinMilliseconds: 0) == [])
        try namespace.nft("add", "table", "ip", "one")
        try namespace.nft(
            "-f", "-",
            input: """
                add set ip one members { type ipv4_addr; }
                add element ip one members { 10.0.0.1, 10.0.0.2 }
                add table ip6 two
                add chain ip6 two c
                add rule ip6 two c drop
                """)
        try namespace.nft("delete", "element", "ip", "one", "members", "{ 10.0.0.1 }")
        let edits = try hear(3, &monitor)
        let one = TableID(.ip, "one")
        #expect(edits.map(\.tables) == [[one], [one, TableID(.ip6, "two")], [one]])
        #expect(edits.map(\.processName) == ["nft", "nft", "nft"])
        #expect(edits.allSatisfy { $0.processID ?? 0 > 1 })
        #expect(Set(edits.map(\.processID)).count == 3)
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        #expect(try socket.generation() == edits.last?.generation)
    }

    @Test("a socket's own commits are told by its number")
    func own() throws {
        var monitor = try RulesetMonitor(inNamespace: namespace.name)
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        let id = TableID(.ip, "ours")
        try socket.commit([.createTable(id, flags: [], comment: nil)])
        try namespace.nft("add", "chain", "ip", "ours", "c")
        let edits = try hear(2, &monitor)
        let own = try socket.portID
        #expect(own != 0)
        #expect(edits.map { $0.portID == own } == [true, false])
        #expect(edits.map(\.tables) == [[id], [id]])
    }

    @Test("what was lost for want of room is said, and what follows is heard again")
    func overflow() throws {
        var monitor = try RulesetMonitor(inNamespace: namespace.name)
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        let id = TableID(.ip, "ours")
        let set = SetDeclaration("members", key: [.destinationAddress])
        let elements = (0..<150_000).map { number in
            var key = ElementData()
            key.append(register: UInt32(number))
            return Element(key)
        }
        try socket.commit([
            .createTable(id, flags: [], comment: nil), .createSet(id, set),
            .addElements(id, set, elements),
        ])
        // The kernel tells nothing more until everything has been read.
        var hasLost = false
        while true {
            let edits = try monitor.next(withinMilliseconds: 0)
            if edits == nil { hasLost = true }
            if edits == [] { break }
        }
        #expect(hasLost)
        try namespace.nft("add", "table", "ip", "later")
        let later = TableID(.ip, "later")
        #expect(try hear(1, &monitor).contains { $0.tables.contains(later) })
    }
}

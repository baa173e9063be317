import Glibc
import Netfilter
import Ruleset
import Support
import Testing

/// Reading while somebody else changes the ruleset.
@Suite("Reading beside writers")
struct ConcurrentReadTests {
    /// A table whose rule and elements all say the round's number, so that a mixture shows.
    private static func table(round: Int) -> Table {
        let set = SetDeclaration("s", key: [.destinationAddress])
        return Table(
            TableID(.ip, "sluice"),
            chains: [
                Chain("a", rules: [Rule(.verdict(round % 2 == 0 ? .accept : .drop))])
            ],
            sets: [
                ElementSet(
                    set,
                    elements: (0..<2000).map {
                        Element(ElementData(.ip, $0 * 2 + round % 2))
                    })
            ])
    }

    /// Swaps the two states of the table so often, each swap one commit.
    private static func swap(
        rounds: Int, through connection: NetfilterConnection
    ) async throws {
        let states = (0..<2).map { Ruleset([table(round: $0)]) }
        let steps = (0..<2).map { states[$0].changes(to: states[1 - $0]) }
        try await connection.commit(Ruleset().changes(to: states[0]))
        for round in 0..<rounds { try await connection.commit(steps[round % 2]) }
    }

    @Test("what is read is one state, never a mixture of two")
    func noMixture() async throws {
        let namespace = try NetworkNamespace()
        let writer = try NetfilterConnection(inNamespace: namespace.name)
        let reader = try NetfilterConnection(inNamespace: namespace.name)
        let states = (0..<2).map { Ruleset([Self.table(round: $0)]) }
        async let swapping: Void = Self.swap(rounds: 300, through: writer)
        for _ in 0..<50 {
            do {
                let found = try await reader.read([TableID(.ip, "sluice")])
                #expect(found == Ruleset() || states.contains(found))
            } catch {
                #expect(error.code == EINTR)
            }
        }
        try await swapping
        #expect(try await reader.read([TableID(.ip, "sluice")]) == states[0])
    }

    @Test("a reading that a commit overtakes is tried again as a whole, whatever came of it")
    func triedAgain() throws {
        var kernel = try Kernel()
        try kernel.load(Self.table(round: 0))
        let namespace = kernel.namespace
        var (outer, inner) = (0, 0)
        let found = try kernel.socket.consistently { socket throws(NetfilterError) in
            outer += 1
            let result = try socket.consistently { socket throws(NetfilterError) in
                inner += 1
                // In the first attempt within the other, in the second before what then fails.
                if inner <= 2 {
                    _ = try? namespace.nft("add", "table", "ip", "foreign\(inner)")
                }
                if inner == 2 { throw NetfilterError(.read, code: ENOENT) }
                return try socket.read([TableID(.ip, "sluice")])
            }
            return result
        }
        #expect(found == Ruleset([Self.table(round: 0)]))
        #expect(outer == 3)
        #expect(inner == 3)
    }

    @Test("what fails without any commit is told at once")
    func failsAtOnce() throws {
        var kernel = try Kernel()
        var attempts = 0
        #expect(throws: NetfilterError(.read, code: ENOENT)) {
            try kernel.socket.consistently { _ throws(NetfilterError) in
                attempts += 1
                throw NetfilterError(.read, code: ENOENT)
            }
        }
        #expect(attempts == 1)
    }
}

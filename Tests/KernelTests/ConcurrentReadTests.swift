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
}

import Netfilter
import Ruleset
import Support
import Testing

/// What is committed reads back the same, and nft reads it as it would have written it.
@Suite("Round trip")
struct RoundTripTests {
    @Test("the whole data plane reads back as it was committed, both families in one commit")
    func wholeDataPlane() throws {
        let namespace = try NetworkNamespace()
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        let plan = Ruleset([DataPlane.table(.ip), DataPlane.table(.ip6)])
        let before = try socket.generation()
        try socket.commit(Ruleset().changes(to: plan))
        #expect(try socket.generation() == before + 1)
        let found = try socket.read(Array(plan.tables.keys))
        #expect(found == plan)
        #expect(found.changes(to: plan).isEmpty)
    }
}

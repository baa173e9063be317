import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("The text of a planned ruleset")
struct RulesetGoldenTests {
    @Test("of a node with a Service of every kind is the one on record")
    func node() throws {
        let text = RulesetText.text(of: ExampleServices.table().ruleset)
        #expect(try text == Golden("node.nft").text(recording: text))
    }

    @Test("of a node without any Service is the one on record")
    func emptyNode() throws {
        let table = ForwardingTable(
            layout: ForwardingLayout(role: .node, hasCounters: false), surroundings: .example)
        let text = RulesetText.text(of: table.ruleset)
        #expect(try text == Golden("node-empty.nft").text(recording: text))
    }

    @Test("of a balancer is the one on record")
    func balancer() throws {
        let text = RulesetText.text(of: ExampleBalancer.table().ruleset)
        #expect(try text == Golden("balancer.nft").text(recording: text))
    }
}

import Addressing
import Fixtures
import Ruleset
import Testing

@Suite("The text of a ruleset")
struct RulesetTextTests {
    @Test(
        "is the one on record for every kind of set, chain and statement",
        arguments: TableFamily.allCases)
    func golden(family: TableFamily) throws {
        let text = RulesetText.text(of: Ruleset([EveryKind.table(family)]))
        #expect(try text == Golden("every-kind-\(family).nft").text(recording: text))
    }

    @Test(
        "spells durations as nft does",
        arguments: [
            (0, "0s"), (1, "1s"), (60, "1m"), (3600, "1h"), (10_800, "3h"), (86_400, "1d"),
            (93_784, "1d2h3m4s"), (3601, "1h1s"),
        ])
    func durations(seconds: Int, text: String) {
        #expect(StatementText.duration(seconds) == text)
    }

    @Test(
        "spells a range as a block where it is one",
        arguments: [
            ("10.0.0.0", "10.255.255.255", "10.0.0.0/8"),
            ("0.0.0.0", "255.255.255.255", "0.0.0.0/0"),
            ("10.0.0.2", "10.0.0.3", "10.0.0.2/31"), ("10.0.0.1", "10.0.0.2", "10.0.0.1-10.0.0.2"),
            ("10.0.0.1", "10.0.0.1", "10.0.0.1"),
        ])
    func ranges(first: String, last: String, text: String) {
        var low = ElementData()
        low.append(address(first))
        var high = ElementData()
        high.append(address(last))
        let set = ElementSet(
            SetDeclaration("pods", key: [.sourceAddress], isInterval: true),
            elements: [Element(low, through: high)])
        let listing = RulesetText.text(of: Table(TableID(.ip, "sluice"), sets: [set]))
        #expect(listing.contains("\t\t\t\(text) }\n"))
    }
}

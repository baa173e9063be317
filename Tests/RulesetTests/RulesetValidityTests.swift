import Addressing
import Fixtures
import Ruleset
import Testing

@Suite("What the kernel would refuse of a table")
struct RulesetValidityTests {
    private let id = TableID(.ip, "sluice")
    private let map = SetDeclaration("services", key: [.destinationPort], value: .verdict)

    @Test("is nothing in a valid table", arguments: 0..<20 as Range<UInt64>)
    func valid(seed: UInt64) {
        var random = RandomRuleset(seed: seed)
        #expect(random.ruleset().tables.values.flatMap { $0.faults() }.isEmpty)
    }

    @Test("is a rule that leads to no chain, or looks into no set")
    func dangling() {
        let chain = Chain(
            "service",
            rules: [
                Rule(.verdict(.jump("nowhere"))),
                Rule(.inSet([.destinationPort], isNegated: false, set: "nothing")),
            ])
        #expect(
            Table(id, chains: [chain]).faults().map(\.description) == [
                "table ip sluice, chain service: there is no chain nowhere",
                "table ip sluice, chain service: there is no set nothing",
            ])
    }

    @Test("is an element that leads to no chain, named once")
    func danglingElement() {
        let elements = [UInt16(80), 81].map { number in
            var key = ElementData()
            key.append(port(number))
            return Element(key, value: .verdict(.goto("nowhere")))
        }
        #expect(
            Table(id, sets: [ElementSet(map, elements: elements)]).faults().map(\.description)
                == ["table ip sluice, map services: there is no chain nowhere"])
    }

    /// Which statements are legal at which hook of which kind of chain.
    private static func isLegal(_ statement: Statement, at place: BaseChain) -> Bool {
        switch statement {
        case .masquerade: place.kind == .nat && place.hook == .postrouting
        case .translateDestination:
            place.kind == .nat && [.prerouting, .output].contains(place.hook)
        default: place.hook != .postrouting
        }
    }

    @Test(
        "is a statement that its hook does not know, however it is reached",
        arguments: BaseChain.Hook.allCases, [BaseChain.Kind.nat, .filter])
    func hooks(hook: BaseChain.Hook, kind: BaseChain.Kind) {
        let place = BaseChain(kind, hook, priority: 0)
        let data = SetDeclaration("data", key: [.destinationPort], value: .data([.sourcePort]))
        for statement in [
            Statement.masquerade, .translateDestination([.destinationPort], map: "data"),
            .reject(.tcpReset),
        ] {
            let expected = kind == .nat && hook == .forward || !Self.isLegal(statement, at: place)
            for table in waysToReach(statement, from: place, data) {
                #expect(table.faults().isEmpty != expected)
            }
        }
    }

    /// Tables whose base chain reaches the statement by itself, by a jump, and by a map's element.
    private func waysToReach(
        _ statement: Statement, from place: BaseChain, _ data: SetDeclaration
    ) -> [Table] {
        let target = Chain("target", rules: [Rule(statement)])
        var key = ElementData()
        key.append(port(80))
        let element = Element(key, value: .verdict(.goto("target")))
        let sets = [ElementSet(data), ElementSet(map, elements: [element])]
        let ways = [
            Rule(statement), Rule(.verdict(.jump("target"))),
            Rule(.verdictMap([.destinationPort], map: "services")),
        ]
        return ways.map {
            Table(id, chains: [target, Chain("base", base: place, rules: [$0])], sets: sets)
        }
    }

    @Test("is nothing in a chain that no base chain reaches")
    func unreachable() {
        #expect(Table(id, chains: [Chain("alone", rules: [Rule(.masquerade)])]).faults().isEmpty)
    }
}

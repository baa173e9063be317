import Addressing
import Fixtures
import Ruleset
import Support

/// Rulesets by chance that the kernel would take, of few names, so that two of them overlap.
struct RandomRuleset {
    var random: SplitMix

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
    }

    mutating func ruleset() -> Ruleset {
        var tables: [Table] = []
        for family in TableFamily.allCases {
            for name in ["one", "two"] where random.chance(60) {
                tables.append(table(TableID(family, name)))
            }
        }
        return Ruleset(tables)
    }

    private mutating func table(_ id: TableID) -> Table {
        let targets = (0..<4).map { "leaf\($0)" }.filter { _ in random.chance(60) }
        let sets = declarations().map { declaration in
            ElementSet(declaration, elements: elements(of: declaration, id.family, targets))
        }
        var chains = targets.map { Chain($0, rules: rules(sets: [], targets: [])) }
        for name in ["hub0", "hub1"] where random.chance(60) {
            chains.append(
                Chain(name, rules: rules(sets: sets.map(\.declaration), targets: targets)))
        }
        let hubs = chains.map(\.name)
        for (name, hook) in [("at_prerouting", BaseChain.Hook.prerouting), ("at_output", .output)]
        where random.chance(60) {
            let base = BaseChain(
                random.chance(95) ? .nat : .filter, hook, priority: random.chance(90) ? -100 : 5)
            let rules = rules(sets: sets.map(\.declaration), targets: hubs)
            chains.append(Chain(name, base: base, rules: rules))
        }
        return Table(
            id, comment: random.chance(95) ? "a table" : nil, chains: chains, sets: sets)
    }

    /// Some of four sets; one in twenty is made of something else than usual.
    private mutating func declarations() -> [SetDeclaration] {
        let frontend: [Selector] = [.destinationAddress, .transportProtocol, .destinationPort]
        return [
            SetDeclaration(
                "verdicts", key: frontend, value: .verdict, hasCounter: random.chance(95)),
            SetDeclaration("data", key: frontend, value: .data([.sourceAddress, .sourcePort])),
            SetDeclaration("plain", key: frontend, comment: random.chance(95) ? "plain" : nil),
            SetDeclaration(
                "learned", key: frontend, value: .data([.sourceAddress, .sourcePort]),
                filling: .byPackets(timeoutSeconds: random.chance(95) ? 60 : 3600), size: 10),
        ].filter { _ in random.chance(70) }
    }

    private mutating func elements(
        of declaration: SetDeclaration, _ family: TableFamily, _ targets: [String]
    ) -> [Element] {
        guard !declaration.isDynamic else { return [] }
        return (0..<Int.random(in: 0..<6, using: &random)).map { _ in
            var value: Element.Value?
            switch declaration.value {
            case .none: break
            case .data: value = .data(data(family, withProtocol: false))
            case .verdict: value = .verdict(verdict(targets))
            }
            return Element(
                data(family, withProtocol: true), value: value,
                comment: random.chance(30) ? "number \(random.next() % 3)" : nil)
        }
    }

    private mutating func data(_ family: TableFamily, withProtocol: Bool) -> ElementData {
        var data = ElementData()
        let places = ExamplePlaces(family.addressFamily)
        data.append(places.clusterIP(Int.random(in: 1...3, using: &random)))
        if withProtocol { data.append(random.chance(50) ? TransportProtocol.tcp : .udp) }
        data.append(port(UInt16.random(in: 80...81, using: &random)))
        return data
    }

    private mutating func verdict(_ targets: [String]) -> Verdict {
        guard let target = targets.randomElement(using: &random), random.chance(60) else {
            return random.chance(50) ? .drop : .accept
        }
        return random.chance(50) ? .goto(target) : .jump(target)
    }

    /// Rules that lead to `targets` only, so that no chain leads to itself.
    private mutating func rules(sets: [SetDeclaration], targets: [String]) -> [Rule] {
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
            guard let set = sets.randomElement(using: &random), random.chance(60) else {
                return Rule(.isProtocol([.tcp]), .verdict(verdict(targets)))
            }
            switch set.value {
            case .verdict: return Rule(.verdictMap(set.key, map: set.name))
            case .none:
                return Rule(
                    .inSet(set.key, isNegated: false, set: set.name), .reject(.portUnreachable))
            case .data(let value):
                return set.isDynamic
                    ? Rule(.update(set: set.name, key: set.key, timeoutSeconds: 9, value: value))
                    : Rule(.verdict(.accept))
            }
        }
    }
}

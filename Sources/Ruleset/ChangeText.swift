import Addressing

/// Writes changes as commands of `nft`, one a line.
package enum ChangeText {
    /// The commands that do what the changes do.
    package static func lines(of changes: [RulesetChange]) -> [String] {
        changes.flatMap(lines)
    }

    private static func lines(of change: RulesetChange) -> [String] {
        switch change {
        case .createTable(let table, _, _): ["add table \(table)"]
        case .deleteTable(let table): ["delete table \(table)"]
        case .createSet(let table, let set):
            ["add \(set.value == .none ? "set" : "map") \(table) \(set.name)"]
        case .deleteSet(let table, let name): ["delete set \(table) \(name)"]
        case .createChain(let table, let name, _, _): ["add chain \(table) \(name)"]
        case .deleteChain(let table, let name): ["delete chain \(table) \(name)"]
        case .replaceRules(let table, let chain, let rules):
            ["flush chain \(table) \(chain)"]
                + rules.map { rule in
                    "add rule \(table) \(chain) "
                        + rule.statements
                        .map { StatementText.text(of: $0, family: table.family) }
                        .joined(separator: " ")
                }
        case .addElements(let table, let set, let elements):
            lines("add", table, set, elements)
        case .removeElements(let table, let set, let elements):
            lines("delete", table, set, elements)
        case .refill(let table, let set, let elements):
            ["flush set \(table) \(set.name)"]
                + lines("add", table, set, elements.map(\.element))
        }
    }

    private static func lines(
        _ verb: String, _ table: TableID, _ set: SetDeclaration, _ elements: [Element]
    ) -> [String] {
        let text = SetText(set: ElementSet(set), family: table.family)
        return elements.map { "\(verb) element \(table) \(set.name) { \(text.text(of: $0)) }" }
    }
}

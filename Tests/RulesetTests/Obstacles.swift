import Ruleset

extension Ruleset {
    /// Why the kernel would refuse the change at this point; nil if it would not.
    func obstacle(to change: RulesetChange) -> String? {
        guard let table = tables[change.table] else {
            if case .createTable = change { return nil }
            return "there is no table \(change.table)"
        }
        switch change {
        case .createTable(_, let flags, _):
            return table.canBeClaimed(with: flags) ? nil : "the table is there"
        case .deleteTable: return nil
        case .createSet(_, let set): return table.sets[set.name] == nil ? nil : "the set is there"
        case .createChain(_, let name, _, _):
            return table.chains[name] == nil ? nil : "the chain is there"
        case .deleteSet(_, let name):
            guard table.sets[name] != nil else { return "there is no set \(name)" }
            return table.statements.contains { $0.setName == name } ? "\(name) is in use" : nil
        case .deleteChain(_, let name):
            guard let chain = table.chains[name] else { return "there is no chain \(name)" }
            guard chain.rules.isEmpty else { return "\(name) has rules" }
            return table.targets.contains(name) ? "\(name) is in use" : nil
        case .replaceRules(_, let name, _):
            return table.chains[name] == nil ? "there is no chain \(name)" : nil
        case .addElements(_, let set, let elements):
            guard let present = table.sets[set.name] else { return "there is no set" }
            return elements.contains { present.elements[$0.key] != nil } ? "already there" : nil
        case .refill(_, let set, _):
            return table.sets[set.name] == nil ? "there is no set" : nil
        case .removeElements(_, let set, let elements):
            guard let present = table.sets[set.name] else { return "there is no set" }
            return elements.allSatisfy { present.elements[$0.key] == $0 } ? nil : "not there"
        }
    }

    /// What leads to a chain or set that is not there.
    var danglingNames: [RulesetFault] {
        tables.values.flatMap { $0.faults() }.filter { $0.reason.hasPrefix("there is no ") }
    }
}

extension Table {
    fileprivate var statements: [Statement] {
        chains.values.flatMap(\.rules).flatMap(\.statements)
    }

    /// Chains that a rule or an element leads to.
    fileprivate var targets: Set<String> {
        var targets = Set(sets.values.flatMap(\.elements.values).compactMap(\.verdictTarget))
        for case .verdict(let verdict) in statements {
            if let target = verdict.target { targets.insert(target) }
        }
        return targets
    }
}

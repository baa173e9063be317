extension Ruleset {
    /// Does in the value what the kernel does when it commits these changes.
    ///
    /// A change that the kernel would refuse (an element that is already there, a chain that is
    /// not) is a programmer's mistake and stops the program.
    package mutating func apply(_ changes: [RulesetChange]) {
        for change in changes { apply(change) }
    }

    private mutating func apply(_ change: RulesetChange) {
        switch change {
        case .createTable(let id, let flags, let comment):
            if let table = tables[id] {
                precondition(table.canBeClaimed(with: flags), "table \(id) is already there")
                tables[id]?.flags = flags
            } else {
                tables[id] = Table(id, flags: flags, comment: comment)
            }
        case .deleteTable(let id):
            precondition(tables.removeValue(forKey: id) != nil, "no table \(id)")
        case .createSet, .deleteSet, .createChain, .deleteChain, .replaceRules, .addElements,
            .removeElements, .refill:
            let id = change.table
            precondition(tables[id] != nil, "no table \(id)")
            tables[id]?.apply(change)
        }
    }
}

extension Table {
    fileprivate mutating func apply(_ change: RulesetChange) {
        switch change {
        case .createSet(_, let declaration):
            precondition(sets[declaration.name] == nil, "set \(declaration.name) is there")
            sets[declaration.name] = ElementSet(declaration)
        case .deleteSet(_, let name):
            precondition(sets.removeValue(forKey: name) != nil, "no set \(name)")
        case .createChain(_, let name, let base, let comment):
            precondition(chains[name] == nil, "chain \(name) is there")
            chains[name] = Chain(name, base: base, comment: comment)
        case .deleteChain(_, let name):
            precondition(chains.removeValue(forKey: name) != nil, "no chain \(name)")
        case .replaceRules(_, let chain, let rules):
            precondition(chains[chain] != nil, "no chain \(chain)")
            chains[chain]?.rules = rules
        case .addElements(_, let declaration, let elements):
            precondition(sets[declaration.name] != nil, "no set \(declaration.name)")
            for element in elements {
                let old = sets[declaration.name]?.elements
                    .updateValue(element, forKey: element.key)
                precondition(old == nil, "an element is already in \(declaration.name)")
            }
        case .removeElements(_, let declaration, let elements):
            precondition(sets[declaration.name] != nil, "no set \(declaration.name)")
            for element in elements {
                let old = sets[declaration.name]?.elements.removeValue(forKey: element.key)
                precondition(old != nil, "no such element in \(declaration.name)")
            }
        case .refill(_, let declaration, _):
            // Timed elements are nobody's plan: the value does not keep them.
            precondition(sets[declaration.name] != nil, "no set \(declaration.name)")
        case .createTable, .deleteTable:
            preconditionFailure("a table cannot hold a table")
        }
    }
}

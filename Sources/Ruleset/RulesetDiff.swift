extension Ruleset {
    /// The changes that lead from this ruleset to another, in an order in which each is legal.
    ///
    /// Tables that `target` does not have are removed. Elements of dynamic sets are the kernel's
    /// own business and are left alone. A set or base chain whose declaration differs cannot be
    /// changed in place: its whole table is made anew, within the same transaction.
    package func changes(to target: Ruleset) -> [RulesetChange] {
        var changes: [RulesetChange] = []
        for id in tables.keys.sorted() where target.tables[id] == nil {
            changes.append(.deleteTable(id))
        }
        for (id, wanted) in target.tables.sorted(by: { $0.key < $1.key }) {
            guard let present = tables[id] else {
                changes += Table(id).changes(to: wanted, isNew: true)
                continue
            }
            if present.canBecome(wanted) {
                changes += present.changes(to: wanted, isNew: present.flags != wanted.flags)
            } else {
                changes.append(.deleteTable(id))
                changes += Table(id).changes(to: wanted, isNew: true)
            }
        }
        return changes
    }
}

extension Table {
    /// False if the kernel can reach the other table only by deleting this one; elements do not
    /// matter.
    package func canBecome(_ wanted: Table) -> Bool {
        guard flags == wanted.flags || canBeClaimed(with: wanted.flags) else { return false }
        guard comment == wanted.comment else { return false }
        for (name, set) in sets {
            guard let other = wanted.sets[name] else { continue }
            guard set.declaration == other.declaration else { return false }
        }
        for (name, chain) in chains {
            guard let other = wanted.chains[name] else { continue }
            guard chain.base == other.base, chain.comment == other.comment else { return false }
        }
        return true
    }

    /// True if the table outlived its owner and `flags` ask for it again.
    ///
    /// The kernel takes the owner flag from an orphaned table and leaves `persist`; creating the
    /// table once more, with both, claims it (Linux 6.9, `nf_tables_updtable`).
    package func canBeClaimed(with flags: TableFlags) -> Bool {
        self.flags == .persist && flags == .owned
    }

    /// The changes within one table: makes first, then elements and rules, then removals.
    fileprivate func changes(to wanted: Table, isNew: Bool) -> [RulesetChange] {
        var changes: [RulesetChange] = []
        if isNew {
            changes.append(.createTable(id, flags: wanted.flags, comment: wanted.comment))
        }
        for (name, set) in wanted.sets.sorted(by: { $0.key < $1.key }) where sets[name] == nil {
            changes.append(.createSet(id, set.declaration))
        }
        let chainOrder = wanted.chains.values.sorted { $0.name < $1.name }
        for chain in chainOrder where chains[chain.name] == nil {
            changes.append(
                .createChain(id, name: chain.name, base: chain.base, comment: chain.comment))
        }
        for chain in chainOrder where (chains[chain.name]?.rules ?? []) != chain.rules {
            changes.append(.replaceRules(id, chain: chain.name, chain.rules))
        }
        changes += elementChanges(to: wanted)
        for chain in chains.values.sorted(by: { $0.name < $1.name })
        where wanted.chains[chain.name] == nil {
            if !chain.rules.isEmpty {
                changes.append(.replaceRules(id, chain: chain.name, []))
            }
        }
        for name in chains.keys.sorted() where wanted.chains[name] == nil {
            changes.append(.deleteChain(id, name: name))
        }
        for name in sets.keys.sorted() where wanted.sets[name] == nil {
            changes.append(.deleteSet(id, name: name))
        }
        return changes
    }

    /// Element changes: data maps before verdict maps, so that no frontend leads to an empty slot.
    private func elementChanges(to wanted: Table) -> [RulesetChange] {
        var removals: [RulesetChange] = []
        var additions: [RulesetChange] = []
        let inOrder = wanted.sets.values.sorted {
            $0.declaration.elementOrder < $1.declaration.elementOrder
        }
        for set in inOrder where !set.declaration.isDynamic {
            let present = sets[set.declaration.name]?.elements ?? [:]
            var gone = present.values.filter { set.elements[$0.key] != $0 }
            var new = set.elements.values.filter { present[$0.key] != $0 }
            // In place: there may be a million.
            gone.sort(by: byKey)
            new.sort(by: byKey)
            if !gone.isEmpty { removals.append(.removeElements(id, set.declaration, gone)) }
            if !new.isEmpty { additions.append(.addElements(id, set.declaration, new)) }
        }
        // A set that goes as a whole may hold verdicts that keep a chain in use.
        for name in sets.keys.sorted() where wanted.sets[name] == nil {
            guard let set = sets[name], set.declaration.value == .verdict,
                !set.elements.isEmpty
            else { continue }
            removals.append(
                .removeElements(id, set.declaration, set.elements.values.sorted(by: byKey)))
        }
        return removals + additions
    }

    private func byKey(_ left: Element, _ right: Element) -> Bool { left.key < right.key }
}

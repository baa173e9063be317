import Ruleset

/// Divides a long list of changes into transactions of bounded size.
///
/// The kernel holds one lock for all of a transaction. Only changes that add can be divided:
/// half of a replacement would show to packets.
enum CommitPlan {
    /// Elements in one transaction; of 10,000 the slowest among a million took 104 ms.
    static let elementsPerTransaction = 8_000

    /// The transactions, in order: for a cold start endpoints come before what leads to them,
    /// since the changes do.
    static func transactions(for changes: [RulesetChange]) -> [[RulesetChange]] {
        guard changes.allSatisfy(\.onlyAdds) else { return [changes] }
        var transactions: [[RulesetChange]] = []
        var current: [RulesetChange] = []
        var room = elementsPerTransaction
        for change in changes {
            guard case .addElements(let table, let set, let elements) = change else {
                current.append(change)
                continue
            }
            var rest = elements[...]
            while !rest.isEmpty {
                let part = rest.prefix(room)
                rest = rest.dropFirst(part.count)
                room -= part.count
                current.append(.addElements(table, set, Array(part)))
                if room == 0 {
                    transactions.append(current)
                    current = []
                    room = elementsPerTransaction
                }
            }
        }
        if !current.isEmpty { transactions.append(current) }
        return transactions
    }
}

extension RulesetChange {
    /// True if nothing that was there is different afterwards.
    var onlyAdds: Bool {
        switch self {
        case .createTable, .createSet, .createChain, .replaceRules, .addElements: true
        case .deleteTable, .deleteSet, .deleteChain, .removeElements, .refill: false
        }
    }

    /// How many kernel objects the change touches.
    var size: Int {
        switch self {
        case .addElements(_, _, let elements), .removeElements(_, _, let elements):
            elements.count
        case .refill(_, _, let elements): max(1, elements.count)
        case .replaceRules(_, _, let rules): max(1, rules.count)
        case .createTable, .deleteTable, .createSet, .deleteSet, .createChain, .deleteChain: 1
        }
    }
}

import Forwarding
import Ruleset

/// Divides a long list of changes into transactions of bounded size.
///
/// The kernel holds one lock for all of a transaction. Only changes that add can be divided:
/// half of a replacement would show to packets.
enum CommitPlan {
    /// Elements in one transaction; of 10,000 the slowest among a million took 104 ms.
    static let elementsPerTransaction = 8_000

    /// The transactions, in order: endpoints come before what leads to them, since the changes do,
    /// and what refuses clients comes last.
    ///
    /// Packets meet what each transaction leaves. A client that is refused gives up, while one
    /// whose packet is dropped sends it again.
    static func transactions(
        for changes: [RulesetChange], of limit: Int = elementsPerTransaction
    ) -> [[RulesetChange]] {
        guard changes.allSatisfy(\.onlyAdds) else { return [changes] }
        guard changes.reduce(0, { $0 + $1.elementCount }) > limit else {
            return changes.isEmpty ? [] : [changes]
        }
        return byTable(changes).flatMap { divide(inStages($0), limit) }
    }

    /// Divides the changes of one table; its sets, rules and surroundings belong together.
    private static func divide(_ changes: [RulesetChange], _ limit: Int) -> [[RulesetChange]] {
        var transactions: [[RulesetChange]] = []
        var current: [RulesetChange] = []
        var room = limit
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
                    room = limit
                }
            }
        }
        if !current.isEmpty { transactions.append(current) }
        return transactions
    }

    /// The changes table after table, as they come.
    private static func byTable(_ changes: [RulesetChange]) -> [[RulesetChange]] {
        var tables: [[RulesetChange]] = []
        for change in changes {
            if tables.last?.last?.table == change.table {
                tables[tables.count - 1].append(change)
            } else {
                tables.append([change])
            }
        }
        return tables
    }

    /// What makes sets and rules, which has no stage, then the elements, stage after stage.
    private static func inStages(_ changes: [RulesetChange]) -> [RulesetChange] {
        ([nil] + FillingStage.allCases).flatMap { stage in
            changes.filter { $0.fillingStage == stage }
        }
    }
}

extension RulesetChange {
    /// When the elements have to come that the change adds; nil if it adds none.
    fileprivate var fillingStage: FillingStage? {
        if case .addElements(_, let set, _) = self { set.fillingStage } else { nil }
    }

    /// How many elements the change adds.
    fileprivate var elementCount: Int {
        if case .addElements(_, _, let elements) = self { elements.count } else { 0 }
    }

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

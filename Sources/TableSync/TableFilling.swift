import Addressing
import Forwarding
import Netfilter
import Ruleset

/// Fills tables that the kernel does not have, without having all slots of endpoints in memory:
/// these come as they are made.
///
/// Packets meet what each transaction leaves: who is where comes first, endpoints before what
/// leads to them, and what refuses clients last. A client that is refused gives up, while one whose
/// packet is dropped sends it again.
struct TableFilling {
    /// Commits a transaction, and says how many elements the next one may have.
    typealias Commit = ([RulesetChange]) throws(NetfilterError) -> Int

    private let plan: ForwardingTable
    /// What waits to be committed: whole changes, and behind them elements of one table.
    private var changes: [RulesetChange] = []
    private var elements: [String: (set: SetDeclaration, elements: [Element])] = [:]
    private var count = 0
    private var limit: Int

    /// Nothing is committed yet; the first transaction has at most so many elements, apart from
    /// those that say who is where, which come with a table's rules.
    init(_ plan: ForwardingTable, limit: Int) {
        self.plan = plan
        self.limit = limit
    }

    /// Makes the tables of these families, with everything in them; some of them replace tables
    /// that are there.
    mutating func fill(
        _ families: [IPFamily], replacing others: Set<TableID> = [], _ commit: Commit
    ) throws(NetfilterError) {
        for family in families {
            let id = plan.layout.table(family)
            if others.contains(id) { changes.append(.deleteTable(id)) }
            try fill(family, commit)
            closeElements(of: plan.layout.table(family))
        }
        guard !changes.isEmpty else { return }
        _ = try commit(changes)
        changes = []
    }

    private mutating func fill(_ family: IPFamily, _ commit: Commit) throws(NetfilterError) {
        let plan = plan
        let frame = plan.frame(family)
        changes += Ruleset().changes(to: Ruleset([frame]))
        var later: [String: [Element]] = [:]
        try plan.forEachElement(family) { set, element throws(NetfilterError) in
            if set.isHarmless {
                try add(element, to: set, of: frame.id, commit)
            } else {
                later[set.name, default: []].append(element)
            }
        }
        let order = frame.sets.values.map(\.declaration).sorted { left, right in
            (left.fillingStage, left.elementOrder.rank, left.name)
                < (right.fillingStage, right.elementOrder.rank, right.name)
        }
        for set in order {
            for element in later.removeValue(forKey: set.name) ?? [] {
                try add(element, to: set, of: frame.id, commit)
            }
        }
    }

    private mutating func add(
        _ element: Element, to set: SetDeclaration, of table: TableID, _ commit: Commit
    ) throws(NetfilterError) {
        elements[set.name, default: (set, [])].elements.append(element)
        // A table with rules that does not know who is where would let packets pass.
        guard set.fillingStage != .surroundings else { return }
        count += 1
        guard count >= limit else { return }
        closeElements(of: table)
        limit = try commit(changes)
        changes = []
        count = 0
    }

    /// Makes changes of the elements that wait.
    private mutating func closeElements(of table: TableID) {
        changes += elements.values.sorted { $0.set.elementOrder < $1.set.elementOrder }.map {
            .addElements(table, $0.set, $0.elements.sorted { $0.key < $1.key })
        }
        elements = [:]
    }
}

extension SetDeclaration {
    /// Whether its elements mean nothing to packets until others come, or are to come first anyway:
    /// they need not wait for those of another set.
    fileprivate var isHarmless: Bool {
        switch fillingStage {
        case .surroundings: true
        case .frontends: if case .data = value { true } else { false }
        case .refusals: false
        }
    }
}

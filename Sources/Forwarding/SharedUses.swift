import Addressing
import Ruleset

/// Counts who needs the chains and elements that several frontends share.
///
/// A chain that nobody needs any more stays until it is swept, so that a Service whose endpoint
/// count swings does not make and remove chains in its own, urgent changes.
struct SharedUses {
    private struct SharedElement: Hashable {
        let table: TableID
        let set: String
        let key: ElementData
    }

    private struct PlacedChain: Hashable {
        let table: TableID
        let chain: SharedChain
    }

    private var elementUses: [SharedElement: Int] = [:]
    private var chainUses: [PlacedChain: Int] = [:]

    /// Counts one more user; true if it is the first.
    mutating func use(_ placed: PlacedElement, in table: TableID) -> Bool {
        let element = SharedElement(
            table: table, set: placed.set.name, key: placed.element.key)
        elementUses[element, default: 0] += 1
        return elementUses[element] == 1
    }

    /// Counts one user less; true if it was the last.
    mutating func release(_ placed: PlacedElement, in table: TableID) -> Bool {
        let element = SharedElement(
            table: table, set: placed.set.name, key: placed.element.key)
        let rest = (elementUses[element] ?? 0) - 1
        precondition(rest >= 0, "a shared element is released once for each use")
        elementUses[element] = rest == 0 ? nil : rest
        return rest == 0
    }

    /// Counts one more user of a chain; true if the chain has to be made.
    mutating func use(_ chain: SharedChain, in table: TableID) -> Bool {
        let placed = PlacedChain(table: table, chain: chain)
        let isNew = chainUses[placed] == nil
        chainUses[placed, default: 0] += 1
        return isNew
    }

    /// Counts one user of a chain less; the chain stays until it is swept.
    mutating func release(_ chain: SharedChain, in table: TableID) {
        let placed = PlacedChain(table: table, chain: chain)
        let rest = (chainUses[placed] ?? 0) - 1
        precondition(rest >= 0, "a chain is released once for each use")
        chainUses[placed] = rest
    }

    /// Forgets a chain that was never made, if nobody uses it.
    mutating func forget(_ chain: SharedChain, in table: TableID) {
        let placed = PlacedChain(table: table, chain: chain)
        if chainUses[placed] == 0 { chainUses[placed] = nil }
    }

    /// All chains that are there, used or idle.
    func chains(in table: TableID) -> [SharedChain] {
        chainUses.keys.filter { $0.table == table }.map(\.chain)
    }

    /// Whether any chain waits to be swept.
    var hasIdleChains: Bool { chainUses.values.contains(0) }

    /// Forgets the idle chains and returns the changes that remove them.
    mutating func sweepIdleChains() -> [RulesetChange] {
        let idle = chainUses.filter { $0.value == 0 }.keys.sorted {
            ($0.table, $0.chain) < ($1.table, $1.chain)
        }
        for placed in idle { chainUses[placed] = nil }
        return idle.map { .replaceRules($0.table, chain: $0.chain.name, []) }
            + idle.map { .deleteChain($0.table, name: $0.chain.name) }
    }
}

import Addressing
import Ruleset

/// Counts who needs the chains and elements that several frontends share.
///
/// A chain that nobody needs any more stays until it is swept, so that a Service whose endpoint
/// count swings does not make and remove chains in its own, urgent changes.
struct SharedUses {
    struct SharedElement: Hashable {
        let table: TableID
        let set: String
        let key: ElementData
    }

    struct PlacedChain: Hashable {
        let table: TableID
        let chain: SharedChain
    }

    /// How many need an element, and the element as the first of them brought it.
    typealias ElementUse = (count: Int, placed: PlacedElement)

    /// What the counts were before some changes, of all that changed.
    struct Memory {
        fileprivate var elements: [SharedElement: ElementUse?] = [:]
        fileprivate var chains: [PlacedChain: Int?] = [:]
    }

    private var elementUses: [SharedElement: ElementUse] = [:]
    private var chainUses: [PlacedChain: Int] = [:]
    private var memory = Memory()

    /// Nobody needs anything but these chains, which are never swept.
    init(lasting chains: some Sequence<PlacedChain>) {
        for placed in chains { chainUses[placed] = 1 }
    }

    /// What the counts were when this was last asked.
    mutating func takeMemory() -> Memory {
        defer { memory = Memory() }
        return memory
    }

    /// Makes the counts what they were.
    mutating func restore(_ memory: Memory) {
        for (element, use) in memory.elements { elementUses[element] = use }
        for (chain, count) in memory.chains { chainUses[chain] = count }
    }

    /// Counts one more user; true if it is the first.
    mutating func use(_ placed: PlacedElement, in table: TableID) -> Bool {
        let element = SharedElement(
            table: table, set: placed.set.name, key: placed.element.key)
        let before = elementUses[element]
        if memory.elements[element] == nil { memory.elements[element] = .some(before) }
        elementUses[element] = ((before?.count ?? 0) + 1, before?.placed ?? placed)
        return before == nil
    }

    /// Counts one user less; returns the element if that was the last.
    mutating func release(_ placed: PlacedElement, in table: TableID) -> PlacedElement? {
        let element = SharedElement(
            table: table, set: placed.set.name, key: placed.element.key)
        guard let before = elementUses[element] else {
            preconditionFailure("a shared element is released once for each use")
        }
        if memory.elements[element] == nil { memory.elements[element] = .some(before) }
        elementUses[element] = before.count == 1 ? nil : (before.count - 1, before.placed)
        return before.count == 1 ? before.placed : nil
    }

    /// Counts one more user of a chain; true if the chain has to be made.
    mutating func use(_ chain: SharedChain, in table: TableID) -> Bool {
        let placed = PlacedChain(table: table, chain: chain)
        let before = chainUses[placed]
        if memory.chains[placed] == nil { memory.chains[placed] = .some(before) }
        chainUses[placed] = (before ?? 0) + 1
        return before == nil
    }

    /// Counts one user of a chain less; the chain stays until it is swept.
    mutating func release(_ chain: SharedChain, in table: TableID) {
        let placed = PlacedChain(table: table, chain: chain)
        guard let before = chainUses[placed], before > 0 else {
            preconditionFailure("a chain is released once for each use")
        }
        if memory.chains[placed] == nil { memory.chains[placed] = .some(before) }
        chainUses[placed] = before - 1
    }

    /// All shared elements that are there.
    func elements(in table: TableID) -> [PlacedElement] {
        elementUses.filter { $0.key.table == table }.map(\.value.placed)
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
            + idle.flatMap { placed in
                placed.chain.sets.map { .deleteSet(placed.table, name: $0.name) }
            }
    }
}

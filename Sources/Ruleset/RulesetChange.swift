/// One step from one ruleset to another: what one kernel message, or a run of like ones, does.
///
/// A list of changes is committed as one transaction: all of it or nothing.
package enum RulesetChange: Hashable, Sendable {
    /// Makes an empty table.
    case createTable(TableID, flags: TableFlags, comment: String?)
    /// Removes a table with all that is in it.
    case deleteTable(TableID)
    /// Makes an empty set or map.
    case createSet(TableID, SetDeclaration)
    /// Removes a set or map; no rule may refer to it.
    case deleteSet(TableID, name: String)
    /// Makes a chain without rules.
    case createChain(TableID, name: String, base: BaseChain?, comment: String?)
    /// Removes a chain; nothing may lead to it.
    case deleteChain(TableID, name: String)
    /// Replaces all rules of a chain.
    case replaceRules(TableID, chain: String, [Rule])
    /// Adds elements; none of their keys may be there.
    case addElements(TableID, SetDeclaration, [Element])
    /// Removes elements; all of their keys must be there.
    case removeElements(TableID, SetDeclaration, [Element])

    /// Empties a set of timed elements and puts these in.
    case refill(TableID, SetDeclaration, [TimedElement])

    /// The table that changes.
    package var table: TableID {
        switch self {
        case .createTable(let table, _, _), .deleteTable(let table), .createSet(let table, _),
            .deleteSet(let table, _), .createChain(let table, _, _, _),
            .deleteChain(let table, _), .replaceRules(let table, _, _),
            .addElements(let table, _, _), .removeElements(let table, _, _),
            .refill(let table, _, _):
            table
        }
    }
}

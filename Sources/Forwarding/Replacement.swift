package import Ruleset
package import ServiceModel

/// Two Services want the same frontend; the one that had it first keeps it.
package struct FrontendConflict: Hashable, Sendable, CustomStringConvertible {
    /// What both want.
    package let frontend: Frontend
    /// The Service that has it.
    package let holder: ServiceIdentity
    /// The Service that does not get it.
    package let refused: ServiceIdentity

    /// Both names and the frontend in one line.
    package var description: String {
        "\(frontend) of \(refused) belongs to \(holder) already; it is left out"
    }
}

/// What came of replacing the entries of some Services.
package struct Replacement: Sendable {
    /// What a Service had been given and, if that was not all, what it had asked for.
    typealias Holding = (granted: [ForwardingEntry], waiting: [ForwardingEntry]?)

    /// What has to be done in the kernel, as one transaction.
    package internal(set) var changes: [RulesetChange] = []
    /// Frontends that another Service has.
    package internal(set) var conflicts: [FrontendConflict] = []
    /// What the touched Services had before.
    var previous: [ServiceIdentity: Holding] = [:]
    /// What was shared before.
    var usesBefore = SharedUses.Memory()
    /// The tables at the device before, if anything changed there.
    var directBefore: DirectReturnTables?
    /// Chains that were not there before, each after those that it leads to.
    var newChains: [(table: TableID, chain: SharedChain)] = []
    /// Elements that go and come; nil if nobody asks.
    var delta: ElementDelta? = ElementDelta()
}

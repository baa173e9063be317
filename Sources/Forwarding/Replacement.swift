package import Ruleset
package import ServiceModel

/// Two Services want the same frontend; the older one has it.
package struct FrontendConflict: Hashable, Sendable, CustomStringConvertible {
    /// What both want.
    package let frontend: Frontend
    /// The Service that has it.
    package let holder: ServiceIdentity
    /// The Service that does not get it.
    package let refused: ServiceIdentity

    /// Both names and the frontend in one line.
    package var description: String {
        "\(frontend) of \(refused) is left out: \(holder) has it, which is older or comes first "
            + "by name"
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

    /// Notes what a Service had before all this, unless it is noted already.
    mutating func remember(_ service: ServiceIdentity, _ holding: Holding) {
        if previous[service] == nil { previous[service] = holding }
    }

    /// What each Service had before that may have something else now.
    package var replaced: [(service: ServiceIdentity, before: [ForwardingEntry])] {
        previous.sorted { $0.key < $1.key }.map { ($0.key, $0.value.granted) }
    }
}

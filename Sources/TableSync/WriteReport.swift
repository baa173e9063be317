package import Forwarding
package import Netfilter
package import ServiceModel

/// What came of writing some Services into the kernel.
package struct WriteReport: Sendable {
    /// Services whose frontends the kernel refused; their earlier state stays in force.
    package var refused: [ServiceIdentity: NetfilterError] = [:]
    /// Frontends that an older Service has.
    package var conflicts: [FrontendConflict] = []
    /// How many elements, chains and rules were changed.
    package var changeCount = 0
    /// How long each transaction took, from sending to the kernel's answer.
    package var transactions: [Duration] = []
    /// Tracked flows whose backend went while nobody was there: only a start finds any.
    package var staleFlows: [FlowFilter] = []
    /// What Services had before each transaction, and what they have since; nothing after a start.
    ///
    /// Those that lost a frontend to an older Service, or gained one, are among them.
    package var replaced: [(old: [ForwardingEntry], new: [ForwardingEntry])] = []
    /// True if the kernel held something else than was known, so that it was read and repaired.
    package var hasRepaired = false

    /// Adds what came of a later step of the same work.
    package mutating func add(_ later: WriteReport) {
        refused.merge(later.refused) { $1 }
        conflicts += later.conflicts
        changeCount += later.changeCount
        transactions += later.transactions
        staleFlows += later.staleFlows
        replaced += later.replaced
        hasRepaired = hasRepaired || later.hasRepaired
    }
}

/// What was found when the kernel's tables were compared with the plan.
package struct KernelComparison: Sendable {
    /// How many changes it took to make the kernel equal to the plan; 0 if it was.
    package var repairCount = 0
    /// How long each transaction took.
    package var transactions: [Duration] = []
}

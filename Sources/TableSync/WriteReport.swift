package import Forwarding
package import Netfilter
package import ServiceModel

/// What came of writing some Services into the kernel.
package struct WriteReport: Sendable {
    /// What Services had before a transaction, and what they have since: of all of them together,
    /// as a frontend that one lost another may have got.
    package typealias Exchange = (old: [ForwardingEntry], new: [ForwardingEntry])

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
    /// What each transaction replaced, also those of an earlier call that failed after them;
    /// nothing after a start.
    ///
    /// Services that lost a frontend to an older one, or gained one, are among them.
    package var replaced: [Exchange] = []
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

package import Forwarding
package import Netfilter
package import Ruleset
package import ServiceModel

/// Keeps the kernel's tables equal to a `ForwardingTable`: the one place that commits frontends.
///
/// All calls run on a queue of their own, one after another, because the kernel's answer is
/// waited for. The socket stays open for the writer's life: with owner tables only it may change
/// them. When the writer goes, the tables stay.
package actor ForwardingWriter {
    /// How often a reading is repeated that a foreign change has overtaken.
    private static let readAttempts = 5

    private let executor = BlockingExecutor(label: "sluice.netfilter")
    private var table: ForwardingTable
    private var socket: NetfilterSocket
    /// The kernel's ruleset generation when it was last known to equal the table.
    private var knownGeneration: UInt32?

    /// Runs the actor on a thread that may block.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the netlink socket in the calling thread's network namespace; changes nothing yet.
    package init(layout: ForwardingLayout) throws(NetfilterError) {
        table = ForwardingTable(layout: layout)
        socket = try NetfilterSocket()
    }

    /// What a Service has been given.
    package func entries(of service: ServiceIdentity) -> [ForwardingEntry] {
        table.entries(of: service)
    }

    /// How many Services have frontends.
    package var serviceCount: Int { table.services.count }

    /// Takes what the kernel holds over and changes only what differs from these entries.
    ///
    /// Entries that the kernel refuses are left out and reported; the rest lands. Throws when
    /// the kernel cannot be read, or refuses even the tables without any Service.
    package func start(
        _ services: [ServiceIdentity: [ForwardingEntry]], surroundings: Surroundings
    ) throws(NetfilterError) -> WriteReport {
        var report = WriteReport()
        var wanted = services
        while true {
            table = ForwardingTable(layout: table.layout, surroundings: surroundings)
            report.conflicts =
                table.replace(
                    wanted.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
                ).conflicts
            do throws(NetfilterError) {
                let (count, durations) = try reconcile()
                report.changeCount += count
                report.transactions += durations
                return report
            } catch {
                guard error.operation == .commit, let culprit = culprit(of: error),
                    wanted.removeValue(forKey: culprit) != nil
                else { throw error }
                report.refused[culprit] = error
            }
        }
    }

    /// Writes the new entries of some Services as one transaction.
    ///
    /// If the kernel refuses it, each Service is tried alone, so that one bad Service stops no
    /// other; a refused one keeps its earlier entries.
    package func write(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) throws(NetfilterError) -> WriteReport {
        var report = WriteReport()
        let updates = updates.filter { table.entries(of: $0.service) != $0.entries }
        do throws(NetfilterError) {
            try attempt(updates, &report)
            return report
        } catch {
            guard updates.count > 1, error.operation == .commit else {
                try settle(error, updates, &report)
                return report
            }
        }
        for update in updates {
            do throws(NetfilterError) {
                try attempt([update], &report)
            } catch {
                try settle(error, [update], &report)
            }
        }
        return report
    }

    /// Says anew which addresses are what around this host.
    package func write(_ surroundings: Surroundings) throws(NetfilterError) -> WriteReport {
        var report = WriteReport()
        let before = table.surroundings
        let changes = table.replaceSurroundings(with: surroundings)
        do throws(NetfilterError) {
            try commit(changes, &report)
        } catch {
            _ = table.replaceSurroundings(with: before)
            throw error
        }
        return report
    }

    /// Removes chains that no frontend uses any more.
    package func sweepIdleChains() throws(NetfilterError) -> WriteReport {
        var report = WriteReport()
        guard table.hasIdleChains else { return report }
        let changes = table.sweepIdleChains()
        do throws(NetfilterError) {
            try commit(changes, &report)
        } catch {
            // The chains are unknown to the table now; comparing with the kernel removes them.
            knownGeneration = nil
            throw error
        }
        return report
    }

    /// Compares the kernel with the plan if anybody has changed a ruleset since, and repairs it.
    ///
    /// - Parameter always: compares even if nothing seems to have changed.
    /// - Returns: nil if there was no need to compare.
    package func compare(always: Bool = false) throws(NetfilterError) -> KernelComparison? {
        let generation = try socket.generation()
        guard always || generation != knownGeneration else { return nil }
        var comparison = KernelComparison()
        let (count, durations) = try reconcile()
        comparison.repairCount = count
        comparison.transactions = durations
        return comparison
    }

    /// What it would take to make the kernel equal to the plan; changes nothing.
    package func difference() throws(NetfilterError) -> [RulesetChange] {
        try socket.read(table.layout.tables).changes(to: table.ruleset)
    }

    // MARK: Steps

    /// Replaces and commits; takes the replacement back if that fails.
    private func attempt(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])],
        _ report: inout WriteReport
    ) throws(NetfilterError) {
        let replacement = table.replace(updates)
        do throws(NetfilterError) {
            try commit(replacement.changes, &report)
            report.conflicts += replacement.conflicts
        } catch {
            table.revert(replacement)
            throw error
        }
    }

    /// After a failure: brings kernel and table together again, then tries the Services once more.
    ///
    /// Somebody may have changed our tables, so that a good change met a kernel it did not
    /// expect. If the change fails again, it is the Service's own fault.
    private func settle(
        _ error: NetfilterError,
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])],
        _ report: inout WriteReport
    ) throws(NetfilterError) {
        let (repairs, durations) = try reconcile()
        report.hasRepaired = report.hasRepaired || repairs > 0
        report.transactions += durations
        do throws(NetfilterError) {
            try attempt(updates, &report)
        } catch {
            guard error.operation == .commit || error.operation == .encode else { throw error }
            for update in updates { report.refused[update.service] = error }
        }
    }

    private func commit(
        _ changes: [RulesetChange], _ report: inout WriteReport
    ) throws(NetfilterError) {
        guard !changes.isEmpty else { return }
        let clock = ContinuousClock()
        let start = clock.now
        try socket.commit(changes)
        report.transactions.append(clock.now - start)
        report.changeCount += changes.reduce(0) { $0 + $1.size }
        try noteGeneration(after: 1)
    }

    /// Notes the generation if nobody but us has changed a ruleset meanwhile.
    private func noteGeneration(after commits: UInt32) throws(NetfilterError) {
        guard let known = knownGeneration else { return }
        let now = try socket.generation()
        knownGeneration = now == known &+ commits ? now : nil
    }

    /// Reads the kernel's tables, compares, and commits what differs.
    private func reconcile() throws(NetfilterError) -> (changes: Int, transactions: [Duration]) {
        let plan = table.ruleset
        let clock = ContinuousClock()
        knownGeneration = nil
        var attempt = 1
        while true {
            let generation = try socket.generation()
            let present = try socket.read(table.layout.tables)
            let changes = present.changes(to: plan)
            guard !changes.isEmpty else {
                if try socket.generation() == generation { knownGeneration = generation }
                return (0, [])
            }
            do throws(NetfilterError) {
                var durations: [Duration] = []
                var expected = generation
                for transaction in CommitPlan.transactions(for: changes) {
                    let start = clock.now
                    try socket.commit(transaction, ifGeneration: expected)
                    durations.append(clock.now - start)
                    expected &+= 1
                }
                knownGeneration = expected
                return (changes.reduce(0) { $0 + $1.size }, durations)
            } catch {
                guard error.isOutdated, attempt < Self.readAttempts else {
                    lastRefusedChanges = changes
                    throw error
                }
                attempt += 1
            }
        }
    }

    /// The changes that `reconcile` could not commit, for finding the Service at fault.
    private var lastRefusedChanges: [RulesetChange] = []

    /// The Service whose element the kernel refused, if that can be told.
    private func culprit(of error: NetfilterError) -> ServiceIdentity? {
        defer { lastRefusedChanges = [] }
        let parts = CommitPlan.transactions(for: lastRefusedChanges)
        guard let index = error.changeIndex else { return nil }
        for transaction in parts where index < transaction.count {
            guard case .addElements(let id, let set, let elements) = transaction[index],
                let element = error.elementIndex, element < elements.count,
                let frontend = Frontend(
                    leading: elements[element].key, of: set, family: id.family),
                let holder = table.holder(of: frontend)
            else { continue }
            return holder
        }
        return nil
    }
}

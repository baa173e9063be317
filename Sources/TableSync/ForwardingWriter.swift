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
    private let executor = BlockingExecutor(label: "sluice.netfilter")
    var table: ForwardingTable
    var socket: NetfilterSocket
    /// The kernel's ruleset generation when it was last known to equal the table.
    var knownGeneration: UInt32?
    /// The changes that `reconcile` could not commit, for finding the Service at fault.
    var lastRefusedChanges: [RulesetChange] = []
    /// Sticky frontends whose clients must be looked through.
    var affinitySweep = AffinitySweep()

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

    /// Deletes what the kernel remembers of clients whose backend is gone, as far as changes
    /// since the last call made it necessary; returns how many clients it was.
    ///
    /// Called after a commit, and once more later: a packet that was on its way during the
    /// commit may still have been remembered.
    package func sweepAffinity(isLast: Bool) throws(NetfilterError) -> Int {
        guard !affinitySweep.isEmpty else { return 0 }
        var count = 0
        for family in TableFamily.allCases {
            count += try forgetClients(in: table.layout.affinityMap(family), family)
        }
        if isLast { affinitySweep = AffinitySweep() }
        return count
    }
}

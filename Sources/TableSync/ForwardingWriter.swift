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
    /// From so many elements on a set is asked for them instead of being listed.
    let askedElements: Int
    /// True once this writer has filled a table: what it has got so far is not given up again.
    var hasFilled = false
    /// The kernel's ruleset generation when it was last known to equal the table.
    var knownGeneration: UInt32?
    /// The transaction of `reconcile` that was sent last, for finding the Service at fault.
    var lastTransaction: [RulesetChange] = []
    /// Sticky frontends whose clients must be looked through.
    var affinitySweep = AffinitySweep()
    /// What was committed and not told yet, because the same call failed at something later.
    var untold: [WriteReport.Exchange] = []

    /// Runs the actor on a thread that may block.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the netlink socket in the namespace that `ip netns` calls so, or in that of the
    /// calling thread; changes nothing yet.
    package init(
        layout: ForwardingLayout, inNamespace namespace: String? = nil,
        askedElements: Int = KernelDifference.askedElements
    ) throws(NetfilterError) {
        self.askedElements = askedElements
        table = ForwardingTable(layout: layout)
        socket = try NetfilterSocket(inNamespace: namespace)
    }

    /// What a Service has been given.
    package func entries(of service: ServiceIdentity) -> [ForwardingEntry] {
        table.entries(of: service)
    }

    /// What all Services have been given, as far as it is asked for.
    package func entries(
        where isWanted: @Sendable (ForwardingEntry) -> Bool
    ) -> [ForwardingEntry] {
        table.services.flatMap { table.entries(of: $0).filter(isWanted) }
    }

    /// How many Services have frontends.
    package var serviceCount: Int { table.services.count }

    /// How many backends all frontends have, one that several have for each of them.
    package var backendCount: Int {
        table.services.reduce(0) { count, service in
            table.entries(of: service).reduce(count) { $0 + $1.backends.count }
        }
    }

    /// Takes what the kernel holds over and changes only what differs from these entries.
    ///
    /// Clients that the kernel remembers keep their backend if it is still there. Entries that
    /// the kernel refuses are left out and reported; the rest lands. Throws when the kernel
    /// cannot be read, or refuses even the tables without any Service.
    package func start(
        _ services: [ServiceIdentity: [ForwardingEntry]], surroundings: Surroundings
    ) throws(NetfilterError) -> WriteReport {
        var report = WriteReport()
        untold = []
        var wanted = services
        var predecessor = PredecessorFlows()
        while let (service, error) = try adopt(wanted, surroundings, &report, &predecessor) {
            wanted[service] = nil
            report.refused[service] = error
        }
        report.staleFlows = predecessor.stale(table.services.lazy.flatMap(table.entries))
        _ = try sweepAffinity(isLast: false)
        return report
    }

    /// Makes the kernel hold these entries; returns a Service that it refuses.
    private func adopt(
        _ services: [ServiceIdentity: [ForwardingEntry]], _ surroundings: Surroundings,
        _ report: inout WriteReport, _ predecessor: inout PredecessorFlows
    ) throws(NetfilterError) -> (ServiceIdentity, NetfilterError)? {
        table = ForwardingTable(layout: table.layout, surroundings: surroundings)
        report.conflicts = table.fill(
            with: services.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        affinitySweep = AffinitySweep(
            all: table.services.flatMap(table.entries), pods: surroundings.localPods)
        do throws(NetfilterError) {
            let (count, durations) = try reconcile { predecessor.note($0) }
            report.changeCount += count
            report.transactions += durations
            return nil
        } catch {
            guard error.operation == .commit, let service = culprit(of: error) else { throw error }
            return (service, error)
        }
    }

    /// Those of the updates that ask for something else than their Services have asked for.
    ///
    /// A change of a node brings all Services, most of them as they were.
    package func changed(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) -> [(service: ServiceIdentity, entries: [ForwardingEntry])] {
        updates.filter { table.request(of: $0.service) != $0.entries }
    }

    /// Takes the backends that these updates leave out away from new connections, before anything
    /// that takes the kernel longer; to be followed by `write` of the same updates.
    ///
    /// One transaction of data alone, or none. What the kernel refuses here is left to `write`.
    package func withdraw(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) throws(NetfilterError) -> WriteReport {
        var report = WriteReport()
        let first = updates.compactMap { update in
            table.withdrawal(of: update.service, for: update.entries).map { (update.service, $0) }
        }
        if !first.isEmpty {
            do throws(NetfilterError) {
                try attempt(first, &report)
            } catch {
                guard error.isAboutChanges else { throw error }
            }
        }
        report.replaced = takeUntold()
        return report
    }

    /// Writes the new entries of some Services as one transaction.
    ///
    /// If the kernel refuses it, each Service is tried alone, so that one bad Service stops no
    /// other; a refused one keeps its earlier entries.
    package func write(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) throws(NetfilterError) -> WriteReport {
        var report = WriteReport()
        let updates = changed(updates)
        do throws(NetfilterError) {
            try attempt(updates, &report)
        } catch {
            if updates.count > 1, error.isAboutChanges {
                for update in updates { try writeAlone(update, &report) }
            } else {
                try settle(error, updates, &report)
            }
        }
        report.replaced = takeUntold()
        return report
    }

    private func writeAlone(
        _ update: (service: ServiceIdentity, entries: [ForwardingEntry]),
        _ report: inout WriteReport
    ) throws(NetfilterError) {
        do throws(NetfilterError) {
            try attempt([update], &report)
        } catch {
            try settle(error, [update], &report)
        }
    }

    /// What was committed since this was last asked.
    private func takeUntold() -> [WriteReport.Exchange] {
        defer { untold = [] }
        return untold
    }

    /// Says anew which addresses are what around this host.
    package func write(_ surroundings: Surroundings) throws(NetfilterError) -> WriteReport {
        var report = WriteReport()
        let before = table.surroundings
        let changes = table.replaceSurroundings(with: surroundings)
        do throws(NetfilterError) {
            try commit(changes, &report)
            return report
        } catch {}
        // Somebody may have changed our sets; what is wanted is known without them.
        do throws(NetfilterError) {
            try repair(&report)
            return report
        } catch {
            _ = table.replaceSurroundings(with: before)
            throw error
        }
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

    /// Compares the kernel with the plan if anybody has changed a ruleset since, or `always`, and
    /// repairs it; returns nil if there was no need to compare.
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
        try readDifference().changes(to: table)
    }

    /// Whether clients may have to be looked through: `sweepAffinity` is to be called.
    package var awaitsAffinitySweep: Bool { !affinitySweep.isEmpty }

    /// Deletes what the kernel remembers of clients whose backend is gone, as far as changes
    /// made it necessary; returns how many clients it was.
    ///
    /// Called after a commit, and later with `isLast` until nothing awaits it: a packet that was
    /// on its way during the commit may still have been remembered. Changes that are older than
    /// the `isLast` call before this one need no further look.
    package func sweepAffinity(isLast: Bool) throws(NetfilterError) -> Int {
        guard !affinitySweep.isEmpty else { return 0 }
        var count = 0
        for family in TableFamily.allCases {
            count += try forgetClients(in: table.layout.affinityMap(family), family)
            count += try forgetClients(in: table.layout.serviceAffinityMap(family), family)
        }
        if isLast { affinitySweep.endRound() }
        return count
    }
}

import APIClient
import Addressing
import FoundationEssentials
import Forwarding
import Logging
import Netfilter
import ServiceLifecycle
import ServiceModel
import ServiceTranslation
import TableSync

/// Carries out what has arrived, one transaction after another.
struct SyncLoop {
    /// Between two tries while the kernel refuses to be read or written.
    static let retryInterval = Duration.seconds(1)
    /// A packet passes the rules in much less than this.
    static let affinitySweepDelay = Duration.seconds(1)
    /// Between two looks at the host: its routes and listeners, and chains that nothing uses.
    static let routeInterval = Duration.seconds(10)

    let configuration: NodeProxyConfiguration
    let inbox: ProxyInbox
    let host: HostPreparation
    let health: SyncHealth
    let metrics: ProxyMetrics
    let logger: Logger
    let writer: ForwardingWriter
    let purge: FlowPurge
    let board: ServiceHealthBoard
    let portGuard: NodePortGuard
    let foreignEdits: ForeignEdits
    let clock = ContinuousClock()
    var nextTry: ContinuousClock.Instant
    var nextComparison: ContinuousClock.Instant
    /// When the tables may be compared if somebody is known to have changed them.
    var earliestComparison: ContinuousClock.Instant
    var pace = RepairPace()
    var refusals = RefusalPace()
    var nextRouteCheck: ContinuousClock.Instant
    var nodeAddresses: [IPAddress] = []
    var nodePortAddresses: [IPAddress] = []
    /// What Services ask of the node besides frontends.
    var duties = NodeDuties()
    /// Where flows would outlive a kill of this process, if it were not written down.
    var datagramFrontends = DatagramFrontends()
    /// When clients that lost their endpoint are looked for once more; nil: none did.
    var nextAffinitySweep: ContinuousClock.Instant?
    var saidProblems: Set<String> = []

    init(_ parts: ProxyParts, inbox: ProxyInbox) {
        self.inbox = inbox
        configuration = parts.configuration
        writer = parts.writer
        host = parts.host
        portGuard = parts.portGuard
        health = parts.health
        board = parts.board
        purge = parts.purge
        foreignEdits = parts.foreignEdits
        metrics = parts.metrics
        logger = parts.logger
        nextTry = clock.now
        nextComparison = clock.now
        earliestComparison = clock.now
        nextRouteCheck = clock.now
    }

    /// Does all that waits, and looks after the kernel whenever it is time to.
    ///
    /// Changes that never pause keep it from neither looking nor ending.
    mutating func turn() async {
        guard clock.now >= nextTry else { return }
        while !Task.isShuttingDownGracefully, let work = await inbox.takeWork() {
            health.update { $0.waitingSince = work.arrived }
            do {
                try await carryOut(work)
            } catch {
                await inbox.putBack(work)
                noteFailure(error)
                return
            }
            await lookAfterKernel()
        }
        await lookAfterKernel()
    }

    private mutating func noteFailure(_ error: any Error) {
        metrics.failed()
        nextTry = clock.now + Self.retryInterval
        let isNew = health.state.lastError != "\(error)"
        health.update { $0.lastError = "\(error)" }
        guard isNew else { return }
        logger.error(
            "the kernel could not be written; trying again every second",
            metadata: ["error": "\(error)"])
    }

    mutating func carryOut(_ work: ProxyInbox.Work) async throws {
        warn(work.updates.flatMap(\.translated.problems).map(\.description))
        if !work.isNodeKnown {
            let name = configuration.nodeName
            warn(["there is no Node \(name): its nodePorts and local endpoints are left out"])
        }
        let updates = work.updates.map { ($0.service, $0.translated.entries) }
        var report: WriteReport
        if work.isComplete {
            ProcessMemory.giveBackUnused()
            report = try await writer.start(
                Dictionary(uniqueKeysWithValues: updates.filter { !$0.1.isEmpty }),
                surroundings: work.surroundings ?? Surroundings())
            purge.add(report.staleFlows)
            purge.audit()
            datagramFrontends.removeAll()
            let given = await writer.entries(where: DatagramFrontends.counts)
            datagramFrontends.replace([], with: given)
        } else {
            let changed = await writer.changed(updates)
            report = try await writer.withdraw(changed)
            noteWithdrawal(report, ofServices: changed.count, work)
            // At once: what follows may fail.
            note(report.replaced)
            if let surroundings = work.surroundings {
                report.add(try await writer.write(surroundings))
            }
            let rest = try await writer.write(changed)
            note(rest.replaced)
            report.add(rest)
            await sweepAffinity(isLast: false)
        }
        if work.haveOthersGone { purge.audit() }
        // Not put off by further changes, or it might never come.
        nextAffinitySweep = nextAffinitySweep ?? clock.now + Self.affinitySweepDelay
        nodeAddresses = work.nodeAddresses
        nodePortAddresses = work.nodePortAddresses
        take(work.updates, isComplete: work.isComplete)
        if work.surroundings != nil { nextRouteCheck = clock.now }
        await note(report, of: work)
        if work.isComplete {
            ProcessMemory.giveBackUnused()
            await host.noteCompleteTables()
        }
    }

    /// Sees to what an exchange leaves behind, now that the kernel has it.
    private mutating func note(_ exchanges: [WriteReport.Exchange]) {
        for (old, new) in exchanges {
            purge.note(from: old, to: new)
            datagramFrontends.replace(old, with: new)
        }
    }

    /// Tells balancers which endpoints this node has, now that the kernel has them.
    private mutating func take(_ updates: [ProxyInbox.Update], isComplete: Bool) {
        if isComplete { duties.removeAll() }
        for update in updates { duties.replace(update.service, with: update.duties) }
        let haveNodePortsChanged = duties.takeNodePortChange()
        if datagramFrontends.takeChange() || haveNodePortsChanged { nextRouteCheck = clock.now }
        board.publish(duties.healthChecks, at: nodePortAddresses)
    }

    /// Tells when endpoints that went stopped getting connections, where that came before the rest.
    private func noteWithdrawal(
        _ report: WriteReport, ofServices count: Int, _ work: ProxyInbox.Work
    ) {
        guard report.changeCount > 0 else { return }
        let sinceChange = secondsSinceChange(work)
        metrics.withdrawn(sinceChange: sinceChange)
        logger.debug(
            "endpoints that went get no new connections",
            metadata: [
                "services": "\(count)",
                "seconds_since_change":
                    "\(sinceChange.max() ?? (clock.now - work.arrived).seconds)",
            ])
    }

    private func secondsSinceChange(_ work: ProxyInbox.Work) -> [Double] {
        work.triggers.compactMap { ChangeTime.seconds(since: $0, now: Date.now) }
    }

    private mutating func note(_ report: WriteReport, of work: ProxyInbox.Work) async {
        let now = clock.now
        let wait = now - work.arrived
        let sinceChange = secondsSinceChange(work)
        metrics.synced(report, after: wait, sinceChange: sinceChange)
        warn(report.conflicts.map(\.description))
        if report.hasRepaired {
            purge.audit()
            logger.warning("somebody else changed our tables; they are repaired")
        }
        refusals.note(
            tried: work.updates.map(\.service), refused: report.refused.keys, at: now)
        let known = health.state.refused
        for (service, error) in report.refused where known["\(service)"] != "\(error)" {
            logger.error(
                "the kernel refused a Service; its earlier state stays in force, trying again",
                metadata: ["service": "\(service)", "error": "\(error)"])
        }
        let count = await writer.serviceCount
        let waiting = await inbox.oldestWaiting
        health.update { state in
            state.hasSynced = true
            state.lastSync = now
            state.waitingSince = waiting
            state.lastError = nil
            state.serviceCount = count
            for update in work.updates { state.refused["\(update.service)"] = nil }
            for (service, error) in report.refused {
                state.refused["\(service)"] = "\(error)"
            }
        }
        metrics.state(services: count, refused: health.state.refused.count)
        logger.log(
            level: work.isComplete ? .notice : .debug,
            work.isComplete ? "the kernel holds the complete state" : "written to the kernel",
            metadata: [
                "services": "\(work.isComplete ? count : work.updates.count)",
                "changes": "\(report.changeCount)",
                "seconds": "\(wait.seconds)",
                "seconds_since_change": "\(sinceChange.max() ?? wait.seconds)",
                "longest_transaction": "\(report.transactions.max()?.seconds ?? 0)",
            ])
    }

    /// Says each problem once: the same ones come with every change of a node.
    private mutating func warn(_ problems: [String]) {
        // Far more than people read; then they are said anew.
        if saidProblems.count > 1_000 { saidProblems = [] }
        for problem in problems where saidProblems.insert(problem).inserted {
            logger.warning("left out", metadata: ["problem": "\(problem)"])
        }
    }
}

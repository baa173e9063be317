import Addressing
import Forwarding
import Logging
import Netfilter
import ServiceLifecycle
import ServiceModel
import ServiceTranslation
import TableSync

/// Carries out what has arrived, one transaction after another.
struct BalancerLoop {
    /// Between two tries while the kernel refuses to be read or written.
    private static let retryInterval = Duration.seconds(1)

    /// Whom the loop makes do things.
    struct Hands: Sendable {
        /// Holds the tables.
        let writer: any FrontendWriter
        /// Deletes the tracked flows that the filters mean; returns how many there were.
        let deleteFlows: @Sendable ([FlowFilter]) async throws -> Int
        /// Looks for flows beside the loop.
        let purge: FlowPurge
        /// Says how many flows the backends have.
        let countFlows: @Sendable ([FlowFilter]) async throws -> [SocketEndpoint: Int]
        /// Begins with some checks and ends others.
        let changeChecks: @Sendable (BalancerPlan.Step) -> Void
        /// Has exactly these addresses held, soon.
        let holdAddresses: @Sendable (Set<IPAddress>) async -> Void
        /// Fills what the tables hold beside the plan, now that they were made or repaired.
        var tablesStand: @Sendable () async -> Void = {}
    }

    let hands: Hands
    let keepsEstablished: Bool
    var drains = DrainWatch()
    let inbox: BalancerInbox
    private let compareInterval: Duration
    private let health: SyncHealth
    let metrics: BalancerMetrics
    let logger: Logger
    let clock = ContinuousClock()
    private var nextTry: ContinuousClock.Instant
    private var nextComparison: ContinuousClock.Instant
    private var saidWarnings: Set<String> = []
    var looks = AffinityLooks()
    var departures = DepartureLedger()
    var nextChainSweep: ContinuousClock.Instant

    init(
        _ hands: Hands, inbox: BalancerInbox, keepsEstablished: Bool = false,
        compareInterval: Duration, health: SyncHealth, metrics: BalancerMetrics, logger: Logger
    ) {
        self.hands = hands
        self.keepsEstablished = keepsEstablished
        self.inbox = inbox
        self.compareInterval = compareInterval
        self.health = health
        self.metrics = metrics
        self.logger = logger
        nextTry = clock.now
        nextComparison = clock.now
        nextChainSweep = clock.now + Self.chainSweepInterval
    }

    /// Does all that waits, then looks after the kernel if it is time to.
    mutating func turn() async {
        guard clock.now >= nextTry else { return }
        while !Task.isShuttingDownGracefully, let work = await inbox.takeWork() {
            health.update { $0.waitingSince = work.arrived }
            hands.changeChecks(work.step)
            do throws(NetfilterError) {
                try await carryOut(work)
            } catch {
                await inbox.putBack(work)
                noteFailure(error)
                return
            }
            // Between two pieces of work as well: they may follow each other without end.
            await doWhatIsDue()
        }
        await doWhatIsDue()
    }

    private mutating func doWhatIsDue() async {
        await lookForClients()
        await sweepIdleChains()
        await attendDrains()
        await lookAfterKernel()
    }

    private mutating func carryOut(_ work: BalancerInbox.Work) async throws(NetfilterError) {
        let updates = work.step.updates.map { (service: $0.service, entries: $0.1.entries) }
        var report: WriteReport
        var withdrawn: ContinuousClock.Instant?
        if work.isComplete {
            report = try await hands.writer.start(
                Dictionary(
                    updates.filter { !$0.entries.isEmpty }.map { ($0.service, $0.entries) },
                    uniquingKeysWith: { first, _ in first }),
                surroundings: Surroundings())
        } else {
            report = try await hands.writer.withdraw(updates)
            withdrawn = noteWithdrawal(report, of: work)
            await letGo(after: report, of: work.step)
            let rest = try await hands.writer.write(updates)
            await letGo(after: rest, of: work.step)
            report.add(rest)
        }
        if work.isComplete || report.hasRepaired { await hands.tablesStand() }
        if report.hasRepaired { hands.purge.audit() }
        let written = clock.now
        metrics.synced(report, work, withdrawn: withdrawn ?? written, at: written)
        if work.isComplete { await letGo(after: report, of: work.step) }
        await letGoOfDown(in: work)
        // Only now: before its frontends stand, an address would make this host refuse.
        await hands.holdAddresses(work.step.addresses)
        await note(report, of: work, at: written, withdrawn: withdrawn ?? written)
    }

    /// Tells when nodes that went stopped getting connections, where that came before the rest.
    private func noteWithdrawal(
        _ report: WriteReport, of work: BalancerInbox.Work
    ) -> ContinuousClock.Instant? {
        guard report.changeCount > 0 else { return nil }
        let now = clock.now
        logger.debug(
            "nodes that went get no new connections",
            metadata: [
                "services": "\(work.step.updates.count)", "changes": "\(report.changeCount)",
                "seconds": "\((now - work.arrived).seconds)",
            ])
        return now
    }

    private mutating func note(
        _ report: WriteReport, of work: BalancerInbox.Work, at now: ContinuousClock.Instant,
        withdrawn: ContinuousClock.Instant
    ) async {
        warn(work.step.warnings + report.conflicts.map(\.description))
        for (service, error) in report.refused {
            logger.error(
                "the kernel refused a Service; its earlier state stays in force",
                metadata: ["service": "\(service)", "error": "\(error)"])
        }
        let count = await hands.writer.serviceCount
        let waiting = await inbox.oldestWaiting
        health.update { state in
            state.hasSynced = true
            state.lastSync = now
            state.waitingSince = waiting
            state.lastError = nil
            state.serviceCount = count
            for update in work.step.updates { state.refused["\(update.service)"] = nil }
            for (service, error) in report.refused { state.refused["\(service)"] = "\(error)" }
        }
        metrics.state(services: count, refused: health.state.refused.count)
        if report.hasRepaired {
            logger.warning("somebody else had changed our tables; they are repaired")
        }
        logger.log(
            level: work.isComplete ? .notice : .debug,
            work.isComplete ? "the kernel holds the complete state" : "written to the kernel",
            metadata: [
                "services": "\(work.isComplete ? count : work.step.updates.count)",
                "changes": "\(report.changeCount)",
                "seconds": "\((now - work.arrived).seconds)",
                "seconds_since_decision": "\(work.decided.map { (withdrawn - $0).seconds } ?? 0)",
                "longest_transaction": "\(report.transactions.max()?.seconds ?? 0)",
            ])
    }

    /// Says each warning once; the same ones come with every change of a node.
    private mutating func warn(_ warnings: [String]) {
        // Far more than people read; then they are said anew.
        if saidWarnings.count > 1_000 { saidWarnings = [] }
        for warning in warnings where saidWarnings.insert(warning).inserted {
            logger.warning("not as one might expect", metadata: ["problem": "\(warning)"])
        }
    }

    private mutating func noteFailure(_ error: NetfilterError) {
        metrics.failedToSync()
        nextTry = clock.now + Self.retryInterval
        let isNew = health.state.lastError != "\(error)"
        health.update { $0.lastError = "\(error)" }
        guard isNew else { return }
        logger.error(
            "the kernel could not be written; trying again every second",
            metadata: ["error": "\(error)"])
    }

    /// Sees whether somebody else changed our tables.
    private mutating func lookAfterKernel() async {
        let now = clock.now
        guard health.state.hasSynced, now >= nextComparison else { return }
        do throws(NetfilterError) {
            if let comparison = try await hands.writer.compare(always: false),
                comparison.repairCount > 0
            {
                await hands.tablesStand()
                // Datagrams that came while there was nothing to translate them began a flow.
                hands.purge.audit()
                metrics.repaired(comparison)
                logger.warning(
                    "somebody else changed our tables; they are repaired",
                    metadata: ["changes": "\(comparison.repairCount)"])
            }
            // Reading a large table back takes long: never more than a tenth of the time.
            nextComparison = clock.now + max(compareInterval, (clock.now - now) * 9)
        } catch {
            metrics.failedToSync()
            nextComparison = clock.now + Self.retryInterval
            logger.error("the tables could not be compared", metadata: ["error": "\(error)"])
        }
    }
}

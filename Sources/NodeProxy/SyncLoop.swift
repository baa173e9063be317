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
    private static let retryInterval = Duration.seconds(1)
    /// A packet passes the rules in much less than this.
    private static let affinitySweepDelay = Duration.seconds(1)
    /// Between two looks at the host's routes, and at chains that nothing uses.
    private static let routeInterval = Duration.seconds(10)

    private let configuration: NodeProxyConfiguration
    private let inbox: ProxyInbox
    private let host: HostPreparation
    private let health: SyncHealth
    private let metrics: ProxyMetrics
    private let logger: Logger
    private let writer: ForwardingWriter
    private let purge: FlowPurge
    private let clock = ContinuousClock()
    private var nextTry: ContinuousClock.Instant
    private var nextComparison: ContinuousClock.Instant
    private var nextRouteCheck: ContinuousClock.Instant
    private var nodeAddresses: [IPAddress] = []
    /// When clients that lost their endpoint are looked for once more; nil: none did.
    private var nextAffinitySweep: ContinuousClock.Instant?
    private var saidProblems: Set<String> = []

    init(
        configuration: NodeProxyConfiguration, writer: ForwardingWriter, inbox: ProxyInbox,
        host: HostPreparation, health: SyncHealth, purge: FlowPurge, metrics: ProxyMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.inbox = inbox
        self.host = host
        self.health = health
        self.metrics = metrics
        self.logger = logger
        self.writer = writer
        self.purge = purge
        nextTry = clock.now
        nextComparison = clock.now
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

    private mutating func carryOut(_ work: ProxyInbox.Work) async throws {
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
        } else {
            var before: WriteReport?
            if let surroundings = work.surroundings {
                before = try await writer.write(surroundings)
            }
            var stale: [FlowFilter] = []
            for (service, entries) in updates {
                let held = await writer.entries(of: service)
                if held != entries {
                    stale += StaleFlows.filters(from: held, to: entries)
                }
            }
            report = try await writer.write(updates)
            if let before {
                report.hasRepaired = report.hasRepaired || before.hasRepaired
                report.changeCount += before.changeCount
                report.transactions += before.transactions
            }
            purge.add(stale)
            await sweepAffinity(isLast: false)
        }
        // Not put off by further changes, or it might never come.
        nextAffinitySweep = nextAffinitySweep ?? clock.now + Self.affinitySweepDelay
        nodeAddresses = work.nodeAddresses
        if work.surroundings != nil { nextRouteCheck = clock.now }
        await note(report, of: work)
        if work.isComplete { ProcessMemory.giveBackUnused() }
    }

    private mutating func note(_ report: WriteReport, of work: ProxyInbox.Work) async {
        let now = clock.now
        let wait = now - work.arrived
        let sinceChange = work.triggers.compactMap { ChangeTime.seconds(since: $0, now: Date.now) }
        metrics.synced(report, after: wait, sinceChange: sinceChange)
        warn(report.conflicts.map(\.description))
        if report.hasRepaired {
            logger.warning("somebody else changed our tables; they are repaired")
        }
        for (service, error) in report.refused {
            logger.error(
                "the kernel refused a Service; its earlier state stays in force",
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

    /// Lets clients go whose endpoint is gone; failing at it is said, and stops nothing.
    private func sweepAffinity(isLast: Bool) async {
        do {
            let count = try await writer.sweepAffinity(isLast: isLast)
            if count > 0 { logger.debug("clients let go", metadata: ["count": "\(count)"]) }
        } catch {
            logger.warning(
                "clients of removed endpoints could not be let go", metadata: ["error": "\(error)"])
        }
    }

    /// Removes chains that no Service needs any more; failing at it is said, and stops nothing.
    private func sweepIdleChains() async {
        do {
            _ = try await writer.sweepIdleChains()
        } catch {
            logger.warning("idle chains could not be removed", metadata: ["error": "\(error)"])
        }
    }

    /// Sees whether somebody else changed our tables, or took the service route away.
    private mutating func lookAfterKernel() async {
        let now = clock.now
        guard health.state.hasSynced else { return }
        if let due = nextAffinitySweep, now >= due {
            await sweepAffinity(isLast: true)
            let isOver = await !writer.awaitsAffinitySweep
            nextAffinitySweep = isOver ? nil : clock.now + Self.affinitySweepDelay
        }
        if now >= nextRouteCheck {
            nextRouteCheck = now + Self.routeInterval
            await host.ensureServiceRoutes(nodeAddresses: nodeAddresses)
            await sweepIdleChains()
        }
        guard now >= nextComparison else { return }
        do {
            if let comparison = try await writer.compare(), comparison.repairCount > 0 {
                metrics.repaired(comparison)
                logger.warning(
                    "somebody else changed our tables; they are repaired",
                    metadata: [
                        "changes": "\(comparison.repairCount)",
                        "seconds": "\((clock.now - now).seconds)",
                    ])
            }
            // Reading a large table back takes long: never more than a tenth of the time.
            let pause =
                configuration.ownsTables
                ? configuration.ownedCompareInterval : configuration.compareInterval / 2
            nextComparison = clock.now + max(pause, (clock.now - now) * 9)
        } catch {
            metrics.failed()
            nextComparison = clock.now + Self.retryInterval
            logger.error("the tables could not be compared", metadata: ["error": "\(error)"])
        }
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

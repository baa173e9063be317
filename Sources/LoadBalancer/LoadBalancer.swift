package import APIClient
import Addressing
import Forwarding
import HealthChecking
package import HostJournal
import KubeAPI
package import Logging
import Netfilter
package import Ruleset
import ServiceLifecycle
import StateFiles
package import TableSync

/// Steers traffic for the addresses of Services of type LoadBalancer to healthy nodes.
///
/// Watches Services and Nodes, checks the nodes, and writes what changes as soon as the kernel has
/// taken what changed before. When it ends, tables and addresses stay, so that a restart
/// interrupts no connection; the next one takes them over.
package struct LoadBalancer: Service {
    let configuration: LoadBalancerConfiguration
    private let client: APIClient
    let journal: HostJournal
    let logger: Logger
    let metrics = BalancerMetrics()
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let board: HealthBoard
    private let ejections: EjectionBoard
    let inbox: BalancerInbox
    let writer: ForwardingWriter
    let flowPurge = FlowPurge()
    let cleaner: FlowCleaner
    private let memory: BalancerMemory
    private let ordersFile: OrdersFile?
    let blocklist: BlocklistKeeper
    let refusalCounter: RefusalCounter
    let announcer: VIPAnnouncer
    private let ingressKeeper: IngressKeeper?
    private let pair: LeaseKeeper?
    /// How the balancer is, for its health port.
    package let health: SyncHealth

    /// Prepares a balancer and opens its netlink socket; nothing is changed before `run`.
    package init(
        _ configuration: LoadBalancerConfiguration, client: APIClient, journal: HostJournal,
        logger: Logger
    ) throws {
        let health = SyncHealth(stallTimeout: configuration.stallTimeout)
        let metrics = metrics
        self.configuration = configuration
        self.client = client
        self.journal = journal
        self.logger = logger
        self.health = health
        let ordersFile = configuration.ordersFile.map { OrdersFile(path: $0) }
        self.ordersFile = ordersFile
        let news = IngressNews(logger: logger, metrics: metrics)
        ingressKeeper = configuration.ingress.map {
            IngressKeeper($0, hands: IngressHands(client), news: news)
        }
        let term = LeaseTerm()
        announcer = VIPAnnouncer(
            configuration.holding, journal: journal, history: metrics.addressHistory, term: term,
            logger: logger)
        cleaner = try FlowCleaner()
        var rules = configuration.rules
        var layout = ForwardingLayout(
            role: .balancer, flags: configuration.ownsTables ? .owned : [],
            hasCounters: configuration.hasCounters)
        (layout.directReturn, rules.directReturnObstacle) = DirectReturnProbe.place(
            configuration, logger)
        let writer = try ForwardingWriter(layout: layout)
        self.writer = writer
        refusalCounter = try RefusalCounter(layout: layout)
        blocklist = BlocklistKeeper(
            file: configuration.blocklistFile.map { JSONFile(path: $0) }, logger: logger
        ) { try await writer.fillBlocklist($0) }
        (signals, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        memory = BalancerMemory(configuration)
        board = HealthBoard(
            slowStart: configuration.slowStart, memory: memory.health, metrics: metrics,
            signal: signal
        ) {
            Self.tell(logger, $0, $1)
        }
        ejections = EjectionBoard(
            policy: configuration.rules.ejection, record: memory.record, signal: signal
        ) {
            Self.tell(logger, $0, $1)
        }
        let inbox = BalancerInbox(
            plan: BalancerPlan(
                CheckAssignment(configuration.check, policy: configuration.policy),
                rules: rules, orders: NodeOrders(ordersFile?.read() ?? [])),
            board: board, ejections: ejections, signal: signal,
            problems: { logger.warning("left out", metadata: ["problem": "\($0)"]) },
            connection: { Self.tell(logger, connection: $0, health, metrics) })
        self.inbox = inbox
        pair = configuration.holding.condition.seat.map { seat in
            LeaseKeeper(
                seat, term: term, target: client.target, metrics: LeaseMetrics(), logger: logger
            ) { await Self.readiness(health, inbox).isReady }
        }
    }

    /// What it would take to make the kernel equal to the plan; empty if it is.
    package func difference() async throws -> [RulesetChange] { try await writer.difference() }

    /// How the balancer, its nodes and their checks are now.
    package func status() async -> BalancerStatus {
        let flows = try? await cleaner.flows(anyOf: [FlowFilter()])
        let refusals = await refusals()
        var standings = board.standings
        standings.ejected = ejections.ejected
        let blocked = await blocked()
        let plan = await inbox.plan
        return StatusReading(
            refusals: refusals, blocked: blocked, ejections: ejections.views,
            plan: plan, records: board.records, standings: standings,
            flows: LiveFlows.byBackend(flows ?? []),
            addresses: await announcer.statuses(of: plan.addresses, wanted: plan.heldAddresses),
            ingress: await ingressKeeper?.state ?? .init(), lease: await pair?.standing
        ).status(health: health.state, isHealthy: health.isHealthy(at: .now))
    }

    /// Whether traffic had better come here than to another balancer.
    package func readiness() async -> BalancerReadiness { await Self.readiness(health, inbox) }

    private static func readiness(
        _ health: SyncHealth, _ inbox: BalancerInbox
    ) async -> BalancerReadiness {
        let state = health.state
        return BalancerReadiness(
            hasSynced: state.hasSynced, isHealthy: health.isHealthy(at: .now),
            lastError: state.lastError, servesAny: await inbox.servesAny)
    }

    /// Carries out an order for a node; false if there is no such node or Service.
    ///
    /// The order outlives a restart of the balancer.
    package func give(_ order: NodeOrder) async throws -> Bool {
        guard let orders = await inbox.give(order) else { return false }
        logger.notice(
            "ordered",
            metadata: [
                "node": "\(order.place.node)", "service": "\(order.place.service ?? "all")",
                "state": "\(order.state.rawValue)",
            ])
        try ordersFile?.write(orders)
        return true
    }

    /// Runs until the process is asked to stop; throws if the kernel cannot be spoken to at all.
    ///
    /// The client is shut down when this ends.
    package func run() async throws {
        let prober = HealthProber(
            maximumConcurrentChecks: configuration.maximumConcurrentChecks,
            commandFolder: configuration.commandFolder
        ) { [board, ejections] check, outcome in
            if outcome.failure == nil {
                ejections.checkSucceeded(at: check.socket, took: outcome.duration)
            }
            return board.take(outcome, of: check)
        }
        var loop = BalancerLoop(
            hands(prober), inbox: inbox,
            keepsEstablished: configuration.rules.keepsEstablished,
            compareInterval: configuration.ownsTables
                ? configuration.ownedCompareInterval : configuration.compareInterval / 2,
            health: health, metrics: metrics,
            logger: logger)
        await allowForwarding()
        async let purging: Void = flowPurge.run(purgeHands)
        await follow { await loop.turn() }
        flowPurge.end()
        let isReleased = await announcer.stop()
        // Not before the addresses are gone: the other one takes it at once.
        await pair?.stop(releasing: isReleased)
        await purging
        await prober.shutdown()
        await client.shutdown()
    }

    /// Watches, and calls `turn` whenever there may be work, and at intervals.
    private func follow(_ turn: () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [client, inbox, ingressKeeper] in
                await client.watch(ServiceObject.self) { change in
                    await inbox.take(services: change)
                    await ingressKeeper?.take(change)
                }
            }
            group.addTask { [ingressKeeper] in await ingressKeeper?.run() }
            group.addTask { [client, inbox] in
                await client.watch(NodeObject.self) { await inbox.take(nodes: $0) }
            }
            group.addTask { [client, inbox] in
                await client.watch(EndpointSliceObject.self) { await inbox.take(slices: $0) }
            }
            group.addTask { [configuration, signal] in
                while (try? await Task.sleep(for: configuration.compareInterval)) != nil {
                    signal.yield()
                }
            }
            group.addTask { [memory, board, ejections, logger] in
                await memory.keep(board, ejections, logger: logger)
            }
            group.addTask { await keepTimeWait() }
            group.addTask { [announcer] in await announcer.run() }
            group.addTask { [pair] in await pair?.run() }
            group.addTask { [ejections, logger] in
                await ConnectionWatch(board: ejections, logger: logger).run()
            }
            for await _ in signals.cancelOnGracefulShutdown() { await turn() }
            group.cancelAll()
        }
    }

    /// Lets the kernel forward packets between clients and nodes.
    private func allowForwarding() async {
        for (setting, error) in await journal.allowForwarding(of: IPFamily.allCases) {
            logger.error(
                "forwarding could not be switched on; set \(setting)=1 by hand",
                metadata: ["error": "\(error)"])
        }
    }
}

extension LoadBalancer: CustomStringConvertible {
    /// What the log calls it; all it is made of would fill pages.
    package var description: String { "load balancer" }
}

package import APIClient
import ClusterDNS
package import DNSForwarding
import KubeAPI
package import Logging
import NIOCore
import ServiceLifecycle

/// Answers the cluster's names, and has others answer the rest.
///
/// Watches Services, EndpointSlices and Nodes, and answers what changes as soon as it has arrived.
/// While the API is away the last names go on being answered; before they are known, SERVFAIL is.
package struct DNSServer: Service {
    /// How often what was counted by others is told.
    private static let countInterval = Duration.seconds(1)

    private let configuration: DNSServerConfiguration
    private let client: APIClient
    private let forwarder: Forwarder
    private let logger: Logger
    private let metrics = ServerMetrics()
    /// How the server is, for its health port.
    package let health = DNSHealth()

    /// Prepares a server; it neither listens nor watches before `run`.
    package init(
        _ configuration: DNSServerConfiguration, client: APIClient, forwarder: Forwarder,
        logger: Logger
    ) {
        self.configuration = configuration
        self.client = client
        self.forwarder = forwarder
        self.logger = logger
    }

    /// Help texts of the server's metrics, by name.
    package static var metricsHelp: [String: String] { ServerMetrics.help }

    /// Runs until the process is asked to stop.
    ///
    /// The client and the forwarder are shut down when this ends.
    package func run() async throws {
        OpenFileLimit.raise()
        ProcessMemory.keepLargeBlocksApart()
        let parts = Parts(configuration, forwarder: forwarder, logger: logger)
        let pool: WorkerPool
        do {
            pool = try await WorkerPool(
                parts.context, desk: parts.desk, statistics: parts.statistics,
                threadCount: configuration.threadCount ?? System.coreCount)
        } catch {
            await close()
            throw error
        }
        await serve(parts, pool)
        // The forwarder first: it tells those who wait that it is over, on threads of the pool.
        await close()
        await pool.shutdown()
    }

    private func close() async {
        await client.shutdown()
        await forwarder.shutdown()
    }

    private func serve(_ parts: Parts, _ pool: WorkerPool) async {
        let (signals, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (listenSignals, listenSignal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let inbox = makeInbox(signal)
        var loop = PublishLoop(
            configuration: configuration, inbox: inbox, published: parts.context.published,
            health: health, metrics: metrics, listenSignal: listenSignal, logger: logger)
        signal.yield()
        await withTaskGroup(of: Void.self) { group in
            watch(in: &group, inbox)
            group.addTask { [health, logger] in
                var keeper = ListenerKeeper(pool: pool, health: health, logger: logger)
                for await _ in listenSignals { await keeper.turn() }
                await keeper.closeAll()
            }
            group.addTask { [configuration] in
                while (try? await Task.sleep(for: configuration.retryInterval)) != nil {
                    listenSignal.yield()
                    signal.yield()
                }
            }
            group.addTask {
                while (try? await Task.sleep(for: Self.countInterval)) != nil {
                    await tell(parts, pool, inbox)
                }
            }
            for await _ in signals.cancelOnGracefulShutdown() { await loop.turn() }
            group.cancelAll()
        }
    }

    private func watch(in group: inout TaskGroup<Void>, _ inbox: NameInbox) {
        group.addTask { [client] in
            await client.watch(ServiceObject.self) { await inbox.take(services: $0) }
        }
        group.addTask { [client] in
            await client.watch(EndpointSliceObject.self) { await inbox.take(slices: $0) }
        }
        group.addTask { [client] in
            await client.watch(NodeObject.self) { await inbox.take(nodes: $0) }
        }
        guard configuration.zone.settings.podRecords == .verified else { return }
        group.addTask { [client] in
            await client.watch(PodObject.self) { await inbox.take(pods: $0) }
        }
    }

    private func makeInbox(_ signal: AsyncStream<Void>.Continuation) -> NameInbox {
        var needed: Set<ResourceKind> = [.services, .endpointslices]
        if configuration.zone.settings.podRecords == .verified { needed.insert(.pods) }
        return NameInbox(
            needed: needed, signal: signal,
            problems: { [logger] in logger.warning("left out", metadata: ["problem": "\($0)"]) },
            connection: { [health, logger, metrics] error in
                metrics.connected(error == nil)
                guard health.noteConnection(error?.description, at: .now) else { return }
                if let error {
                    logger.warning(
                        "the API is away; the last names go on being answered",
                        metadata: ["error": "\(error)"])
                } else {
                    logger.notice("the API is back")
                }
            })
    }

    private func tell(_ parts: Parts, _ pool: WorkerPool, _ inbox: NameInbox) async {
        if let count = await inbox.takeServiceCount() {
            health.update { $0.serviceCount = count }
            metrics.counted(services: count)
        }
        if await inbox.takeHasListed() { ProcessMemory.giveBackUnused() }
        for (transport, tally) in parts.desk.takeTallies() {
            parts.statistics.add(tally, over: transport)
        }
        metrics.state(connections: pool.connections.count, forwarder.counters())
    }
}

extension DNSServer: CustomStringConvertible {
    /// What the log calls it.
    package var description: String { "DNS server" }
}

/// What the threads of a server share.
private struct Parts: Sendable {
    let context: QueryHandler.Context
    let desk: ForwardDesk
    let statistics = QueryStatistics()

    init(_ configuration: DNSServerConfiguration, forwarder: Forwarder, logger: Logger) {
        let limits = configuration.limits
        let log =
            configuration.logsQueries
            ? QueryLog(linesPerSecond: limits.logLinesPerSecond, logger: logger) : nil
        let names = ServedNames(
            zone: configuration.zone,
            recursionSources: configuration.recursionList(nodes: [], host: []))
        context = QueryHandler.Context(
            published: PublishedNames(names), forwarder: forwarder, limits: limits,
            rateLimit: AnswerRateLimit(answersPerSecond: limits.answersPerSecond), log: log)
        desk = ForwardDesk(forwarder, payloadBytes: limits.udpPayloadBytes, log: log)
    }
}

package import APIClient
import FoundationEssentials
import Forwarding
package import HostJournal
import KubeAPI
package import Logging
import Netfilter
package import Ruleset
import ServiceLifecycle
import ServiceModel
package import TableSync

/// Keeps a node's tables as the API says they should be.
///
/// Watches Services, EndpointSlices and Nodes, and writes what changes as soon as the kernel has
/// taken what changed before. While the API is away the kernel keeps the last state; when the
/// proxy ends the tables stay, and the next one takes them over.
package struct NodeProxy: Service {
    private let configuration: NodeProxyConfiguration
    private let client: APIClient
    private let host: HostPreparation
    private let health: SyncHealth
    private let logger: Logger
    private let writer: ForwardingWriter
    private let metrics = ProxyMetrics()

    /// Prepares a proxy and opens its netlink socket; nothing is changed before `run`.
    package init(
        _ configuration: NodeProxyConfiguration, client: APIClient, journal: HostJournal,
        health: SyncHealth, logger: Logger
    ) throws {
        ProcessMemory.keepLargeBlocksApart()
        self.configuration = configuration
        self.client = client
        self.host = HostPreparation(
            serviceRanges: configuration.serviceRanges, journal: journal, logger: logger)
        self.health = health
        self.logger = logger
        writer = try ForwardingWriter(layout: NodePlan(configuration).layout)
    }

    /// Help texts of the proxy's metrics, by name.
    package static var metricsHelp: [String: String] { ProxyMetrics.help }

    /// What it would take to make the kernel equal to the plan; empty if it is.
    package func difference() async throws -> [RulesetChange] { try await writer.difference() }

    /// Runs until the process is asked to stop; throws if the kernel cannot be spoken to at all.
    package func run() async throws {
        do {
            try await keepTables()
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    private func keepTables() async throws {
        let (signals, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let inbox = makeInbox(signal)
        let cleaner = try FlowCleaner()
        let purge = FlowPurge()
        var loop = SyncLoop(
            configuration: configuration, writer: writer, inbox: inbox, host: host, health: health,
            purge: purge, metrics: metrics, logger: logger)
        await host.allowForwarding()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [client] in
                await client.watch(ServiceObject.self) { await inbox.take(services: $0) }
            }
            group.addTask { [client] in
                await client.watch(EndpointSliceObject.self) { await inbox.take(slices: $0) }
            }
            group.addTask { [client] in
                await client.watch(NodeObject.self) { await inbox.take(nodes: $0) }
            }
            group.addTask { await purge.run { await delete($0, with: cleaner) } }
            group.addTask { [configuration] in
                while (try? await Task.sleep(for: configuration.compareInterval)) != nil {
                    signal.yield()
                }
            }
            for await _ in signals.cancelOnGracefulShutdown() { await loop.turn() }
            group.cancelAll()
        }
    }

    /// Deletes tracked flows; failing at it is said, and stops nothing.
    private func delete(_ filters: [FlowFilter], with cleaner: FlowCleaner) async {
        do {
            let count = try await cleaner.delete(anyOf: filters)
            metrics.purged(count)
            if count > 0 { logger.debug("flows deleted", metadata: ["count": "\(count)"]) }
        } catch {
            logger.warning(
                "tracked flows of removed endpoints could not be deleted",
                metadata: ["error": "\(error)"])
        }
    }

    private func makeInbox(_ signal: AsyncStream<Void>.Continuation) -> ProxyInbox {
        ProxyInbox(
            plan: NodePlan(configuration), signal: signal,
            problems: { [logger] in logger.warning("left out", metadata: ["problem": "\($0)"]) },
            connection: { [health, logger, metrics] error in
                let before = health.state.disconnected
                health.update { $0.disconnected = error?.description }
                metrics.connected(error == nil)
                if let error, before == nil {
                    logger.warning(
                        "the API is away; the kernel keeps the last state",
                        metadata: ["error": "\(error)"])
                } else if error == nil, before != nil {
                    logger.notice("the API is back")
                }
            })
    }
}

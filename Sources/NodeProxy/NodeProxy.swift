package import APIClient
package import HostJournal
package import Logging
import Netfilter
package import Ruleset
import ServiceLifecycle
package import TableSync

/// Keeps a node's tables as the API says they should be.
///
/// Watches Services, EndpointSlices and Nodes, and writes what changes as soon as the kernel has
/// taken what changed before. While the API is away the kernel keeps the last state; when the
/// proxy ends the tables stay, and the next one takes them over.
package struct NodeProxy: Service {
    let configuration: NodeProxyConfiguration
    let client: APIClient
    let journal: HostJournal
    let connections = ConnectionMetrics()
    let parts: ProxyParts
    /// Whether this node has endpoints of the Services that balancers ask about.
    package let board = ServiceHealthBoard()

    /// Prepares a proxy and opens its netlink socket; nothing is changed before `run`.
    package init(
        _ configuration: NodeProxyConfiguration, client: APIClient, journal: HostJournal,
        health: SyncHealth, logger: Logger
    ) throws {
        ProcessMemory.keepLargeBlocksApart()
        self.configuration = configuration
        self.client = client
        self.journal = journal
        parts = ProxyParts(
            configuration: configuration,
            writer: try ForwardingWriter(layout: NodePlan(configuration).layout),
            host: HostPreparation(
                serviceRanges: configuration.serviceRanges, journal: journal, logger: logger),
            portGuard: NodePortGuard(journal: journal, logger: logger), health: health,
            board: board, logger: logger)
    }

    /// Help texts of the proxy's metrics, by name.
    package static var metricsHelp: [String: String] { ProxyMetrics.help }

    /// What it would take to make the kernel equal to the plan; empty if it is.
    package func difference() async throws -> [RulesetChange] {
        try await parts.writer.difference()
    }

    /// New connections of each frontend and backend, in Prometheus' text; empty if not wanted.
    ///
    /// Takes no more than half a second: what was read before is told if the kernel takes longer.
    package func connectionMetrics() async -> String {
        configuration.countsConnections ? await connections.text() : ""
    }

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
}

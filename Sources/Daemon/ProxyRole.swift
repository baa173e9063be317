import APIClient
import Foundation
import HostJournal
import NodeProxy
import Ruleset
import ServiceLifecycle
import TableSync

/// The services of `sluice proxy`.
struct ProxyRole {
    let services: [any Service]

    init(
        _ settings: ProxySettings, client: APIClient, context: RoleContext
    ) throws {
        var configuration = NodeProxyConfiguration(
            nodeName: settings.node.nodeName ?? HostName.short,
            serviceRanges: settings.ranges.service, podRanges: settings.ranges.pods,
            nodePortAddresses: settings.node.nodePortAddresses,
            hasCounters: settings.node.hasCounters,
            ownsTables: try context.ownsTables(allowed: settings.node.mayOwnTables))
        configuration.opensClusterIPs = settings.node.opensClusterIPs
        configuration.tellsConnections = settings.tellsConnections
        configuration.healthFile = "\(context.common.stateDirectory)/proxy-health-checks.json"
        let health = SyncHealth(stallTimeout: configuration.stallTimeout)
        let proxy = try NodeProxy(
            configuration, client: client,
            journal: HostJournal(directory: context.common.stateDirectory, role: "proxy"),
            health: health, logger: context.logger)
        let pages = HealthPages(health: health)
        let metricsPage = context.metricsPage(followedBy: { await proxy.connectionMetrics() })
        services = [
            proxy,
            HealthCheckServer(board: proxy.board, logger: context.logger) {
                health.isReady(at: .now)
            },
            StatusServer(
                place: .tcp(settings.listen), pages: pages.all, logger: context.logger),
            StatusServer(
                place: .tcp(settings.metrics), pages: [metricsPage, Self.modePage],
                logger: context.logger),
            StatusServer(
                place: .unixSocket(path: context.socketPath),
                pages: pages.all + [
                    metricsPage,
                    Self.differencePage {
                        guard health.state.hasSynced else { throw ToolFailure.notSynced }
                        return try await proxy.difference()
                    },
                ],
                logger: context.logger),
        ]
    }

    /// What kube-proxy calls the way in which packets are steered.
    private static let modePage = StatusPage("/proxyMode") { .init(text: "nftables", isWell: true) }

    /// Help texts of the role's metrics, by name.
    static var metricsHelp: [String: String] {
        var help = NodeProxy.metricsHelp
        help[HealthCheckServer.unservedPorts] =
            "Health check ports (healthCheckNodePort) that cannot be listened at."
        return help
    }

    /// The page by which `sluice diff` asks for the plan.
    static func differencePage(
        _ difference: @escaping @Sendable () async throws -> [RulesetChange]
    ) -> StatusPage {
        StatusPage("/diff") {
            do {
                return .init(json: try Difference(try await difference()).json())
            } catch {
                return .init(text: "\(error)", isWell: false)
            }
        }
    }
}

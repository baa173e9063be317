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
        let health = SyncHealth(stallTimeout: configuration.stallTimeout)
        let proxy = try NodeProxy(
            configuration, client: client,
            journal: HostJournal(directory: context.common.stateDirectory, role: "proxy"),
            health: health, logger: context.logger)
        let pages = HealthPages(health: health)
        services = [
            proxy,
            StatusServer(
                place: .tcp(settings.listen), pages: pages.all, logger: context.logger),
            StatusServer(
                place: .tcp(settings.metrics), pages: [context.metricsPage],
                logger: context.logger),
            StatusServer(
                place: .unixSocket(path: context.socketPath),
                pages: pages.all + [
                    context.metricsPage,
                    Self.differencePage {
                        guard health.state.hasSynced else { throw ToolFailure.notSynced }
                        return try await proxy.difference()
                    },
                ],
                logger: context.logger),
        ]
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

/// What the health port of a node says, in kube-proxy's words.
struct HealthPages {
    let health: SyncHealth

    private struct Health: Encodable {
        var lastUpdated: String?
        var currentTime: String
        var nodeEligible = true
        var synced: Bool
        var services: Int
        var refused: [String: String]
        var error: String?
        var apiError: String?
    }

    /// `/healthz` for balancers, `/livez` for whoever restarts, `/readyz` for whoever waits.
    var all: [StatusPage] {
        [
            StatusPage("/healthz") {
                .init(json: text(), isWell: health.isHealthy(at: .now))
            },
            StatusPage("/livez") { .init(json: text(), isWell: isAlive) },
            StatusPage("/readyz") { .init(json: text(), isWell: health.state.hasSynced) },
        ]
    }

    /// Not synced yet is alive: the first sync may be long.
    private var isAlive: Bool {
        !health.state.hasSynced || health.isHealthy(at: .now)
    }

    private func text() -> String {
        let state = health.state
        let now = Date.now
        let updated = state.lastSync.map { now.addingTimeInterval(-(.now - $0).seconds) }
        let page = Health(
            lastUpdated: updated?.formatted(.iso8601), currentTime: now.formatted(.iso8601),
            synced: state.hasSynced, services: state.serviceCount, refused: state.refused,
            error: state.lastError, apiError: state.disconnected)
        return (try? JSONText.text(of: page)) ?? "{}"
    }
}

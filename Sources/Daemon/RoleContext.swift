import APIClient
import CoreMetrics
import Foundation
import Logging
import Netfilter
import PrometheusMetrics
import Ruleset
import ServiceLifecycle
import UnixSignals

/// What every long-running role needs: its lock, logger and metrics.
struct RoleContext {
    /// How long a role that is asked to stop may take to end, and once more when it is made to.
    ///
    /// A client that holds a connection must not keep it; the kernel goes on with the tables.
    private static let shutdownPatience = Duration.seconds(4)

    let role: String
    let common: CommonSettings
    let logger: Logger
    let registry: PrometheusRegistry
    private let locks: [RoleLock]

    /// Takes the role's lock and sets logging and metrics up for the process.
    ///
    /// The others are roles that this one does the work of, and that must not run beside it.
    init(
        role: String, insteadOf others: [String] = [], common: CommonSettings,
        metricsHelp: [String: String]
    ) throws {
        self.role = role
        self.common = common
        let level = common.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        logger = Logger(label: "sluice.\(role)")
        registry = PrometheusRegistry(help: metricsHelp)
        MetricsSystem.bootstrap(registry)
        locks = try ([role] + others).map {
            try RoleLock(role: $0, directory: common.runtimeDirectory)
        }
    }

    /// Fails early, and says why, where the kernel would say only "not permitted".
    static func requireRoot(_ role: String) throws {
        guard geteuid() == 0 else {
            throw ToolFailure(
                "sluice \(role) deals with the kernel's rules and addresses; run it as root")
        }
    }

    /// Runs services until one ends or the process is asked to stop.
    func run(_ services: [any Service]) async throws {
        logger.notice(
            "sluice \(role) \(DaemonVersion.text) starts",
            metadata: ["pid": "\(ProcessInfo.processInfo.processIdentifier)"])
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.shutdownPatience
        configuration.maximumCancellationDuration = Self.shutdownPatience
        try await ServiceGroup(configuration: configuration).run()
        withExtendedLifetime(locks) {}
    }

    /// Runs services that read from an API; closes the connections however that ends.
    func run(
        reading target: APITarget, _ services: (APIClient) throws -> [any Service]
    ) async throws {
        let client = APIClient(target)
        do {
            try await run(try services(client))
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// The page of Prometheus' text.
    var metricsPage: StatusPage {
        StatusPage("/metrics") { [registry] in
            .init(
                text: PrometheusText.text(of: registry), contentType: PrometheusText.contentType)
        }
    }

    /// The same page with more text after it.
    func metricsPage(followedBy more: @escaping @Sendable () async -> String) -> StatusPage {
        let page = metricsPage
        return StatusPage(page.path) {
            var answer = await page.answer()
            answer.body += await more()
            return answer
        }
    }

    /// The socket that tools reach this role by.
    var socketPath: String { "\(common.runtimeDirectory)/\(role).sock" }

    /// Whether the tables can and may be owned; says so if they cannot.
    func ownsTables(allowed: Bool) throws -> Bool {
        guard allowed else { return false }
        var socket = try NetfilterSocket()
        guard try socket.supportsTableOwnership() else {
            logger.notice(
                """
                this kernel has no persistent owned tables (Linux 6.9); foreign changes are \
                watched for and repaired
                """)
            return false
        }
        return true
    }
}

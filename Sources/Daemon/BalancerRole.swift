import APIClient
import Foundation
import HealthChecking
import HostJournal
import LoadBalancer
import ServiceLifecycle
import TableSync

/// What `sluice balancer` is told by flags.
package struct BalancerSettings: Sendable {
    let source: APISource?
    let addresses: AddressChoices
    let ingress: IngressChoices
    let check: CheckDefinition
    let policy: HealthPolicy
    let choices: BalancerChoices
    let ejection: EjectionChoices
    let mayOwnTables: Bool
    let listen: ListenAddress
    let metrics: ListenAddress

    /// Reads the flags of a balancer.
    package init(
        source: APISource?, addresses: AddressChoices, ingress: IngressChoices, check: String,
        checkInterval: String,
        checkTimeout: String?, rise: String, fall: String, choices: BalancerChoices,
        ejection: EjectionChoices, tableOwner: String, listen: ListenAddress, metrics: ListenAddress
    ) throws(ConfigurationError) {
        self.source = source
        self.addresses = addresses
        self.ingress = ingress
        self.choices = choices
        self.ejection = ejection
        do {
            self.check = try CheckDefinition(check)
        } catch {
            throw ConfigurationError("--check", "\(error)")
        }
        let interval = try SettingText.duration(checkInterval, flag: "--check-interval")
        var timeout: Duration?
        if let checkTimeout {
            timeout = try SettingText.duration(checkTimeout, flag: "--check-timeout")
        }
        do {
            var policy = try HealthPolicy(
                interval: interval, timeout: timeout,
                rise: try SettingText.count(rise, flag: "--rise"),
                fall: try SettingText.count(fall, flag: "--fall"))
            policy.fastInterval = choices.fastInterval
            policy.downInterval = choices.downInterval
            policy.initial = choices.initial
            self.policy = policy
        } catch let error as HealthPolicyError {
            throw ConfigurationError(
                "--check-interval, --check-timeout, --rise, --fall", "\(error)")
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError("--rise, --fall", "\(error)")
        }
        mayOwnTables = try SettingText.choice(
            tableOwner, flag: "--table-owner", yes: "auto", no: "off")
        self.listen = listen
        self.metrics = metrics
    }
}

/// The services of `sluice balancer`.
struct BalancerRole {
    let services: [any Service]

    init(
        _ settings: BalancerSettings, client: APIClient, context: RoleContext
    ) throws {
        var configuration = LoadBalancerConfiguration(
            holding: settings.addresses.holding, check: settings.check, policy: settings.policy,
            ownsTables: try context.ownsTables(allowed: settings.mayOwnTables))
        configuration.ingress = settings.ingress.policy
        configuration.rules = settings.choices.rules
        configuration.rules.ejects = settings.ejection.ejects
        configuration.rules.ejection = settings.ejection.policy
        configuration.rules.withdrawal = settings.addresses.withdrawal
        configuration.slowStart = settings.choices.slowStart
        configuration.timeWait = settings.choices.timeWait
        configuration.commandFolder = settings.choices.commandFolder
        configuration.blocklistFile = "\(context.common.stateDirectory)/balancer-blocklist.json"
        configuration.ordersFile = "\(context.common.stateDirectory)/balancer-orders.json"
        configuration.healthFile = "\(context.common.stateDirectory)/balancer-checks.json"
        configuration.ejectionFile = "\(context.common.stateDirectory)/balancer-ejections.json"
        let balancer = try LoadBalancer(
            configuration, client: client,
            journal: HostJournal(directory: context.common.stateDirectory, role: "balancer"),
            logger: context.logger)
        let pages = Self.pages(of: balancer)
        let metricsPage = context.metricsPage {
            let refusals = await balancer.refusalMetrics()
            return await refusals + balancer.trackingMetrics()
        }
        services = [
            balancer,
            StatusServer(place: .tcp(settings.listen), pages: pages, logger: context.logger),
            StatusServer(
                place: .tcp(settings.metrics), pages: [metricsPage],
                logger: context.logger),
            StatusServer(
                place: .unixSocket(path: context.socketPath),
                pages: pages + [
                    metricsPage, BalancerBlocks.page(of: balancer),
                    ProxyRole.differencePage {
                        guard balancer.health.state.hasSynced else { throw ToolFailure.notSynced }
                        return try await balancer.difference()
                    },
                ],
                actions: [BalancerOrders.action(of: balancer)]
                    + BalancerBlocks.actions(of: balancer),
                logger: context.logger),
        ]
    }

    /// `/healthz` for whoever watches the balancer, `/readyz` for whoever could take its place,
    /// `/status` for whoever wants to know more: it takes a look at every connection.
    private static func pages(of balancer: LoadBalancer) -> [StatusPage] {
        [
            StatusPage("/healthz") {
                let isWell = balancer.health.isHealthy(at: .now)
                return .init(text: isWell ? "ok" : "not well", isWell: isWell)
            },
            StatusPage("/readyz") {
                let readiness = await balancer.readiness()
                return .init(text: readiness.reason ?? "ready", isWell: readiness.isReady)
            },
            StatusPage("/status") {
                .init(json: (try? JSONText.text(of: await balancer.status())) ?? "{}")
            },
        ]
    }
}

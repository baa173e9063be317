import ArgumentParser
import Daemon

/// `sluice balancer status`.
struct BalancerStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Print nodes, Services and checks of the balancer that runs on this host.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let common = try common.settings()
        print(
            try await output.isJSON
                ? BalancerReport.json(common: common) : BalancerReport.text(common: common))
    }
}

/// What the subcommands that give an order have in common.
struct OrderOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Argument(help: "The node's name.")
    var node: String

    @Option(help: "One Service, NAMESPACE/NAME; all of them by default.")
    var service: String?

    /// Gives the order to the balancer that runs on this host.
    func give(_ kind: BalancerOrders.Kind, deadline: String? = nil) async throws {
        try await BalancerOrders.give(
            kind, node: node, service: service, deadline: deadline, common: common.settings())
    }
}

/// `sluice balancer drain`.
struct BalancerDrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Send a node no new connections; those it has go on.",
        discussion: "`sluice balancer status` shows how many are left.")

    @OptionGroup var order: OrderOptions

    @Option(help: "When the rest is ended, from now on, such as 30s or 10m; never by default.")
    var deadline: String?

    func run() async throws {
        try await order.give(.drain, deadline: deadline)
    }
}

/// `sluice balancer maintain`.
struct BalancerMaintainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintain",
        abstract: "Send a node nothing, end its connections and check it no more.")

    @OptionGroup var order: OrderOptions

    func run() async throws {
        try await order.give(.maintenance)
    }
}

/// `sluice balancer ready`.
struct BalancerReadyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ready",
        abstract: "Take `drain` or `maintain` back; annotations that say the same stay.")

    @OptionGroup var order: OrderOptions

    func run() async throws {
        try await order.give(.ready)
    }
}

import ArgumentParser
import Daemon

struct BalancerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balancer",
        abstract: "Steer LoadBalancer addresses to the healthy nodes, from a host of its own.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var source: APISourceOptions

    @Option(help: "Required. The interface that bears the LoadBalancer addresses.")
    var interface: String?

    @Option(help: "How a node is checked: tcp (the Service's nodePort) or http:PORT/PATH.")
    var check = Terminal.environment("check") ?? "http:10256/readyz"

    @Option(help: "Time between two checks of a node, such as 200ms, 2s or 1m.")
    var checkInterval = Terminal.environment("check-interval") ?? "2s"

    @Option(help: "Time after which a check has failed; the interval by default.")
    var checkTimeout: String?

    @Option(help: "Successes in a row until a node is healthy.")
    var rise = Terminal.environment("rise") ?? "2"

    @Option(help: "Failures in a row until a node is unhealthy.")
    var fall = Terminal.environment("fall") ?? "3"

    @Option(help: "Who may change the tables: auto (this process alone, if the kernel can) or off.")
    var tableOwner = Terminal.environment("table-owner") ?? "auto"

    @Option(help: "ADDRESS:PORT of /healthz and /status.")
    var listen = Terminal.environment("listen") ?? "127.0.0.1:10257"

    @Option(help: "ADDRESS:PORT of /metrics.")
    var metricsAddress = Terminal.environment("metrics-address") ?? "127.0.0.1:10250"

    func run() async throws {
        guard let interface = interface ?? Terminal.environment("interface") else {
            throw ConfigurationError(
                "--interface", "is needed: the interface that bears the LoadBalancer addresses")
        }
        try await Roles.balancer(
            BalancerSettings(
                source: source.source(), interface: interface, check: check,
                checkInterval: checkInterval,
                checkTimeout: checkTimeout ?? Terminal.environment("check-timeout"), rise: rise,
                fall: fall, tableOwner: tableOwner,
                listen: SettingText.listener(listen, flag: "--listen"),
                metrics: SettingText.listener(metricsAddress, flag: "--metrics-address")),
            common: common.settings())
    }
}

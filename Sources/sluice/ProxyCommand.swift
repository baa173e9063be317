import ArgumentParser
import Daemon

struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Program this node's tables: ClusterIPs, nodePorts, LoadBalancer addresses.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var ranges: RangeOptions
    @OptionGroup var source: APISourceOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var metrics: MetricsOptions

    @Option(help: "ADDRESS:PORT of /healthz, /livez and /readyz.")
    var listen = Terminal.environment("listen") ?? ":10256"

    @Option(help: "ADDRESS:PORT of /metrics.")
    var metricsAddress = Terminal.environment("metrics-address") ?? "127.0.0.1:10249"

    func run() async throws {
        try await Roles.proxy(
            ProxySettings(
                source: source.source(), node: node.settings(), ranges: ranges.settings(),
                listen: SettingText.listener(listen, flag: "--listen"),
                metrics: SettingText.listener(metricsAddress, flag: "--metrics-address"),
                connectionMetrics: metrics.connectionMetrics),
            common: common.settings())
    }
}

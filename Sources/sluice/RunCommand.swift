import ArgumentParser
import Daemon

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run everything in one process on one host, from a folder of manifests.",
        discussion: """
            The node serves LoadBalancer addresses itself; route them to this host.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var ranges: RangeOptions
    @OptionGroup var pool: PoolOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var dns: DNSOptions
    @OptionGroup var metrics: MetricsOptions

    @Option(help: "Required. A folder or file of Kubernetes manifests, watched for changes.")
    var manifests: String?

    @Option(help: "ADDRESS:PORT of the API.")
    var listen = Terminal.environment("listen") ?? "127.0.0.1:6440"

    @Option(help: "ADDRESS:PORT of /healthz, /livez and /readyz.")
    var healthAddress = Terminal.environment("health-address") ?? ":10256"

    @Option(help: "ADDRESS:PORT of /metrics.")
    var metricsAddress = Terminal.environment("metrics-address") ?? "127.0.0.1:10249"

    @Option(name: .customLong("dns"), help: "The name server: on or off.")
    var nameServer = Terminal.environment("dns") ?? "on"

    @Option(
        help: """
            Where the name server listens: ADDRESS or ADDRESS:PORT, more with commas; port 53 of \
            the node's addresses by default.
            """)
    var dnsListen: String?

    func run() async throws {
        guard let manifests = manifests ?? Terminal.environment("manifests") else {
            throw ConfigurationError("--manifests", "is needed: a folder or file of manifests")
        }
        let ranges = try ranges.settings(pool: pool)
        try await Roles.everything(
            APISettings(
                manifests: manifests, listen: SettingText.listener(listen, flag: "--listen"),
                ranges: ranges),
            ProxySettings(
                source: nil, node: node.settings(), ranges: ranges,
                listen: SettingText.listener(healthAddress, flag: "--health-address"),
                metrics: SettingText.listener(metricsAddress, flag: "--metrics-address"),
                connectionMetrics: metrics.connectionMetrics),
            try SettingText.choice(nameServer, flag: "--dns", yes: "on", no: "off")
                ? dns.settings(
                    listen: dnsListen ?? Terminal.environment("dns-listen"),
                    nodeName: node.nodeName, ranges: ranges) : nil,
            common: common.settings())
    }
}

import ArgumentParser
import Daemon

struct DNSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns",
        abstract: "Answer the names of Services and pods; have others answer the rest.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var ranges: RangeOptions
    @OptionGroup var source: APISourceOptions
    @OptionGroup var dns: DNSOptions

    @Option(help: "The name of this host's Node object; the host name by default.")
    var nodeName: String?

    @Option(
        help: """
            Where to listen over UDP and TCP: ADDRESS or ADDRESS:PORT, more with commas; :PORT for \
            the node's addresses, which is the default with port 53.
            """)
    var listen: String?

    @Option(help: "ADDRESS:PORT of /healthz, /livez and /readyz.")
    var healthAddress = Terminal.environment("health-address") ?? ":8181"

    @Option(help: "ADDRESS:PORT of /metrics.")
    var metricsAddress = Terminal.environment("metrics-address") ?? "127.0.0.1:9153"

    func run() async throws {
        let pages = DNSPages(
            listen: try SettingText.listener(healthAddress, flag: "--health-address"),
            metrics: try SettingText.listener(metricsAddress, flag: "--metrics-address"))
        try await Roles.dns(
            dns.settings(
                listen: listen ?? Terminal.environment("listen"), nodeName: nodeName,
                ranges: ranges.settings()),
            source: source.source(), pages: pages, common: common.settings())
    }
}

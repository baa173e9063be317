import ArgumentParser
import Daemon

struct ResolvconfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolvconf",
        abstract: "Print or write a pod's /etc/resolv.conf and /etc/hosts.",
        discussion: """
            By the pod's dnsPolicy and dnsConfig, its hostname, subdomain and hostAliases. \
            --cluster-dns is a flag only: SLUICE_CLUSTER_DNS says something else, to sluice api.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var ranges: RangeOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "Required. NAMESPACE/NAME of a pod.")
    var pod: String?

    @Flag(help: "Print /etc/hosts instead of /etc/resolv.conf.")
    var hosts = false

    @Option(help: "Write resolv.conf and hosts into this directory, and print nothing.")
    var write: String?

    @Option(help: "The domain of the cluster's names.")
    var zone = Terminal.environment("zone") ?? "cluster.local"

    @Option(help: "Addresses of the cluster's DNS; by default those of kube-system/kube-dns.")
    var clusterDns: [String] = []

    @Option(help: "The host's own file: its search domains, and all of it for dnsPolicy Default.")
    var hostResolvConf = Terminal.environment("host-resolv-conf") ?? "/etc/resolv.conf"

    func run() async throws {
        let files = try await PodFiles(
            PodFilesSettings(
                pod: pod, zone: zone, clusterDNS: clusterDns, hostResolvConf: hostResolvConf),
            source: source.source(), ranges: ranges.settings(), common: common.settings())
        if let write {
            try files.write(to: write)
        } else if output.isJSON {
            print(try files.json())
        } else {
            print(hosts ? files.hosts : files.resolvConf, terminator: "")
        }
    }
}

import ArgumentParser
import Daemon

/// Flags of the name server, in whatever process it runs.
struct DNSOptions: ParsableArguments {
    @Option(help: "The cluster's domain.")
    var zone = Terminal.environment("zone") ?? "cluster.local"

    @Option(
        help: """
            Servers for names outside the zone, such as 192.0.2.53,[2001:db8::53]:53; those of \
            /etc/resolv.conf by default.
            """)
    var upstream = Terminal.environment("upstream") ?? ""

    @Option(help: "DOMAIN=SERVER,…: servers for the names of one domain; may be repeated.")
    var stubDomain: [String] = []

    @Option(
        help: """
            Blocks whose clients may have names outside the zone looked up; by default pods, \
            nodes and this host.
            """)
    var allowRecursion: String?

    @Option(help: "Names such as 10-244-1-2.default.pod.cluster.local: off, insecure or verified.")
    var podRecords = Terminal.environment("pod-records") ?? "insecure"

    @Option(help: "Seconds that clients may remember an answer of the zone.")
    var ttl = Terminal.environment("ttl") ?? "5"

    @Option(help: "Answers that a client gets over UDP in a second; 0 for no limit.")
    var clientRate = Terminal.environment("client-rate") ?? "10000"

    @Option(help: "Answers of upstream servers that are remembered.")
    var cacheSize = Terminal.environment("cache-size") ?? "20000"

    @Option(help: "Lines of the query log in a second; 0 for no query log.")
    var queryLog = Terminal.environment("query-log") ?? "0"

    /// The settings in the daemon's terms.
    func settings(
        listen: String?, nodeName: String?, ranges: RangeSettings
    ) throws -> DNSSettings {
        let environment = Terminal.environment("stub-domain")?.split(separator: " ").map(
            String.init)
        return try DNSSettings(
            DNSSettings.Flags(
                nodeName: nodeName ?? Terminal.environment("node-name"), zone: zone,
                listen: listen, upstreams: upstream,
                stubDomains: stubDomain.isEmpty ? environment ?? [] : stubDomain,
                recursionSources: allowRecursion ?? Terminal.environment("allow-recursion"),
                podRecords: podRecords, timeToLive: ttl, clientRate: clientRate,
                cacheSize: cacheSize, queryLog: queryLog),
            ranges: ranges)
    }
}

import Addressing
import ClusterDNS
import DNSForwarding
import DNSMessage
import DNSServer
import Foundation

/// What the name server is told by flags, whichever subcommand runs it.
package struct DNSSettings: Sendable {
    /// The texts of the flags.
    package struct Flags: Sendable {
        /// The Node object's name; nil: the host's name.
        package var nodeName: String?
        /// The cluster's domain.
        package var zone: String
        /// Where to listen; nil: port 53 of the node's addresses.
        package var listen: String?
        /// Servers for all other names; empty: those of the host's `resolv.conf`.
        package var upstreams: String
        /// `DOMAIN=SERVER,…`, one a domain.
        package var stubDomains: [String]
        /// Blocks whose clients may ask for all other names; nil: the cluster's.
        package var recursionSources: String?
        /// Which names of pods have an address.
        package var podRecords: String
        /// Seconds.
        package var timeToLive: String
        /// Answers a second; 0: no limit.
        package var clientRate: String
        /// Answers of others that are remembered.
        package var cacheSize: String
        /// Lines a second; 0: none.
        package var queryLog: String

        /// The flags as they were given.
        package init(
            nodeName: String?, zone: String, listen: String?, upstreams: String,
            stubDomains: [String], recursionSources: String?, podRecords: String,
            timeToLive: String, clientRate: String, cacheSize: String, queryLog: String
        ) {
            self.nodeName = nodeName
            self.zone = zone
            self.listen = listen
            self.upstreams = upstreams
            self.stubDomains = stubDomains
            self.recursionSources = recursionSources
            self.podRecords = podRecords
            self.timeToLive = timeToLive
            self.clientRate = clientRate
            self.cacheSize = cacheSize
            self.queryLog = queryLog
        }
    }

    /// Where the host's own servers are named, if no flag names any.
    static let resolvConfPath = "/etc/resolv.conf"
    /// Where the cluster's server is in each service range, as kubeadm has it.
    static let clusterServerOffset: UInt64 = 10

    let server: DNSServerConfiguration
    /// Upstream servers by flag; empty: those of the host's resolv.conf.
    let upstreams: [UpstreamServer]
    let stubDomains: [DomainName: [UpstreamServer]]
    let cache: CacheLimits

    /// Reads the flags of a name server.
    package init(_ flags: Flags, ranges: RangeSettings) throws(ConfigurationError) {
        upstreams = try Self.servers(flags.upstreams, flag: "--upstream")
        stubDomains = try Self.stubDomains(flags.stubDomains)
        var cache = CacheLimits()
        cache.entries = try SettingText.whole(flags.cacheSize, flag: "--cache-size")
        self.cache = cache
        var sources = DNSServerConfiguration.RecursionSources.cluster(podRanges: ranges.pods)
        if let text = flags.recursionSources {
            sources = .blocks(try SettingText.blocks(text, flag: "--allow-recursion"))
        }
        let made = DNSServerConfiguration(
            nodeName: flags.nodeName ?? HostName.short,
            zone: try Self.zone(flags, ranges: ranges),
            listen: try Self.places(flags.listen), recursionSources: sources)
        guard var made else {
            throw ConfigurationError(
                "--zone", "\"\(flags.zone)\" is too long; no name would fit in front of it")
        }
        made.limits.answersPerSecond = try SettingText.whole(
            flags.clientRate, flag: "--client-rate")
        let linesPerSecond = try SettingText.whole(flags.queryLog, flag: "--query-log")
        made.logsQueries = linesPerSecond > 0
        if linesPerSecond > 0 { made.limits.logLinesPerSecond = linesPerSecond }
        server = made
    }

    private static func zone(
        _ flags: Flags, ranges: RangeSettings
    ) throws(ConfigurationError) -> ZoneSettings {
        guard let origin = DomainName(flags.zone), origin != .root else {
            throw ConfigurationError(
                "--zone", "\"\(flags.zone)\" is not a domain; write one such as cluster.local")
        }
        guard let pods = PodRecords(rawValue: flags.podRecords) else {
            throw ConfigurationError(
                "--pod-records", "\"\(flags.podRecords)\" is not off, insecure or verified")
        }
        let seconds = try SettingText.whole(flags.timeToLive, flag: "--ttl")
        guard seconds <= 3_600 else {
            throw ConfigurationError("--ttl", "\(seconds) s is more than an hour")
        }
        var zone = ZoneSettings(origin: origin)
        zone.timeToLiveSeconds = UInt32(seconds)
        zone.podRecords = pods
        zone.serverAddresses = ranges.service.compactMap {
            $0.address(at: Self.clusterServerOffset)
        }
        zone.reverseBlocks = ranges.service + ranges.pods
        return zone
    }

    /// Where to listen: `ADDRESS`, `ADDRESS:PORT`, and `:PORT` for the node's addresses.
    private static func places(
        _ text: String?
    ) throws(ConfigurationError) -> DNSServerConfiguration.ListenPlaces {
        var endpoints: [SocketEndpoint] = []
        for part in (text ?? ":53").split(separator: ",") {
            if part.hasPrefix(":"), let port = Port(part.dropFirst()), endpoints.isEmpty {
                return .node(port)
            }
            // Servers and listeners are written alike; only the interface is of no use here.
            guard let place = UpstreamServer(part.filter { $0 != " " }), place.interface == nil
            else {
                throw ConfigurationError(
                    "--listen",
                    "\"\(part)\" is not an address; write 192.168.50.1, 192.168.50.1:53, "
                        + "[fd50::1]:53 or :53 (the node's addresses)")
            }
            endpoints.append(place.endpoint)
        }
        return endpoints.isEmpty ? .fixed([]) : .fixed(endpoints)
    }

    private static func servers(
        _ text: String, flag: String
    ) throws(ConfigurationError) -> [UpstreamServer] {
        var servers: [UpstreamServer] = []
        for part in text.split(separator: ",") {
            guard let server = UpstreamServer(part.filter { $0 != " " }) else {
                throw ConfigurationError(
                    flag,
                    "\"\(part)\" is not a server; write 192.0.2.53, 192.0.2.53:5353 or "
                        + "[2001:db8::53]:53")
            }
            servers.append(server)
        }
        return servers
    }

    private static func stubDomains(
        _ texts: [String]
    ) throws(ConfigurationError) -> [DomainName: [UpstreamServer]] {
        var domains: [DomainName: [UpstreamServer]] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let domain = DomainName(parts[0]) else {
                throw ConfigurationError(
                    "--stub-domain",
                    "\"\(text)\" is not DOMAIN=SERVER,…; write acme.local=192.0.2.53")
            }
            let servers = try servers(String(parts[1]), flag: "--stub-domain")
            guard !servers.isEmpty else {
                throw ConfigurationError("--stub-domain", "\"\(text)\" names no server")
            }
            guard domains.updateValue(servers, forKey: domain) == nil else {
                throw ConfigurationError(
                    "--stub-domain", "\(domain) is given twice; list its servers with commas")
            }
        }
        return domains
    }
}

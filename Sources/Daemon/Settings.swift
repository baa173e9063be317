package import Addressing
package import Logging
package import NodeProxy

/// The version of the program.
package enum DaemonVersion {
    /// Semantic version; before 1.0 anything may change.
    package static let text = "0.1.0"
}

/// Settings of every subcommand.
package struct CommonSettings: Sendable {
    /// The least level that is logged.
    package let logLevel: Logger.Level
    /// For what must outlive a restart.
    package let stateDirectory: String
    /// For locks and sockets of running daemons.
    package let runtimeDirectory: String

    /// Gathers the settings that every subcommand has.
    package init(
        logLevel: Logger.Level = .info, stateDirectory: String, runtimeDirectory: String
    ) {
        self.logLevel = logLevel
        self.stateDirectory = stateDirectory
        self.runtimeDirectory = runtimeDirectory
    }
}

/// Which addresses are what.
package struct RangeSettings: Sendable {
    /// Where ClusterIPs come from, the primary family first; a later block of a family when the
    /// earlier ones are used up.
    package let service: [CIDRBlock]
    /// Where pods get their addresses from.
    package let pods: [CIDRBlock]
    /// Where LoadBalancer addresses are allocated from.
    package let loadBalancerPools: [CIDRBlock]
    /// Whether the Service of the nodes' DNS servers is there without a manifest.
    package let makesDNSService: Bool

    /// Reads the four flags.
    package init(
        service: String, pods: String, loadBalancerPools: String, clusterDNS: String = "nodes"
    ) throws(ConfigurationError) {
        self.service = try SettingText.blocks(service, flag: "--service-cidr")
        self.pods = try SettingText.blocks(pods, flag: "--pod-cidr")
        self.loadBalancerPools = try SettingText.blocks(
            loadBalancerPools, flag: "--load-balancer-pool")
        makesDNSService = try SettingText.choice(
            clusterDNS, flag: "--cluster-dns", yes: "nodes", no: "off")
        guard !self.service.isEmpty else {
            throw ConfigurationError("--service-cidr", "is empty; write 10.96.0.0/12")
        }
    }
}

/// Where a tool reads the objects.
package enum StateSource: Hashable, Sendable {
    case manifests(path: String)
    case api(APISource)
}

/// Which API a daemon follows.
package enum APISource: Hashable, Sendable {
    case url(String)
    case kubeconfig(path: String)
}

/// What a node's proxy is told by flags.
package struct NodeSettings: Sendable {
    /// The Node object's name; nil: the host's name.
    package let nodeName: String?
    /// Where nodePorts answer.
    package let nodePortAddresses: NodeProxyConfiguration.NodePortAddresses
    /// False if the tables must not be owned.
    package let mayOwnTables: Bool
    /// True if frontends and endpoints count their connections in the kernel.
    package let hasCounters: Bool
    /// True if ClusterIPs answer everybody who has a route to them.
    package let opensClusterIPs: Bool

    /// Reads the flags of a node.
    package init(
        nodeName: String?, nodePortAddresses: String, clusterIPAccess: String = "cluster",
        tableOwner: String, counters: String
    ) throws(ConfigurationError) {
        opensClusterIPs = try SettingText.choice(
            clusterIPAccess, flag: "--cluster-ip-access", yes: "any", no: "cluster")
        self.nodeName = nodeName
        self.nodePortAddresses =
            nodePortAddresses == "primary"
            ? .primary
            : .blocks(try Self.blocks(ofNodePorts: nodePortAddresses))
        mayOwnTables = try SettingText.choice(
            tableOwner, flag: "--table-owner", yes: "auto", no: "off")
        hasCounters = try SettingText.choice(counters, flag: "--counters", yes: "on", no: "off")
    }

    private static func blocks(
        ofNodePorts text: String
    ) throws(ConfigurationError) -> [CIDRBlock] {
        do {
            return try SettingText.blocks(text, flag: "--nodeport-addresses")
        } catch {
            throw ConfigurationError(
                error.flag,
                "\"\(text)\" is neither primary nor blocks such as 192.168.50.0/24,fd50::/64")
        }
    }

}

/// What `sluice api` is told by flags.
package struct APISettings: Sendable {
    let manifests: String
    let listen: ListenAddress
    let ranges: RangeSettings

    /// Gathers the settings of the API.
    package init(manifests: String, listen: ListenAddress, ranges: RangeSettings) {
        self.manifests = manifests
        self.listen = listen
        self.ranges = ranges
    }
}

/// What `sluice proxy` is told by flags.
package struct ProxySettings: Sendable {
    let source: APISource?
    let node: NodeSettings
    let ranges: RangeSettings
    let listen: ListenAddress
    let metrics: ListenAddress
    /// True if the connections of each frontend and backend are told with the metrics.
    let tellsConnections: Bool

    /// Gathers the settings of a proxy.
    package init(
        source: APISource?, node: NodeSettings, ranges: RangeSettings, listen: ListenAddress,
        metrics: ListenAddress, connectionMetrics: String
    ) throws(ConfigurationError) {
        tellsConnections = try SettingText.choice(
            connectionMetrics, flag: "--connection-metrics", yes: "on", no: "off")
        self.source = source
        self.node = node
        self.ranges = ranges
        self.listen = listen
        self.metrics = metrics
    }
}

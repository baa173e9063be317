import ArgumentParser
import Daemon
import Logging

/// Flags of every subcommand.
struct CommonOptions: ParsableArguments {
    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = Terminal.environment("log-level") ?? "info"

    @Option(help: "Directory for what must outlive a restart.")
    var state = Terminal.environment("state") ?? "/var/lib/sluice"

    @Option(help: "Directory for locks and sockets of running daemons.")
    var runtimeDir = Terminal.environment("runtime-dir") ?? "/run/sluice"

    /// The settings in the daemon's terms.
    func settings() throws -> CommonSettings {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ConfigurationError(
                "--log-level",
                "\"\(logLevel)\" is not a level; write trace, debug, info, notice, warning, "
                    + "error or critical")
        }
        return CommonSettings(
            logLevel: level, stateDirectory: state, runtimeDirectory: runtimeDir)
    }
}

/// Flags that say which addresses are what.
struct RangeOptions: ParsableArguments {
    @Option(help: "Where ClusterIPs come from: an IPv4 and an IPv6 block, either or both.")
    var serviceCidr = Terminal.environment("service-cidr") ?? "10.96.0.0/12"

    @Option(help: "Where pods get their addresses from: an IPv4 and an IPv6 block.")
    var podCidr = Terminal.environment("pod-cidr") ?? "10.244.0.0/16"

    /// The settings in the daemon's terms.
    func settings(pool: PoolOptions? = nil) throws -> RangeSettings {
        try RangeSettings(
            service: serviceCidr, pods: podCidr,
            loadBalancerPools: pool?.loadBalancerPool ?? "",
            clusterDNS: pool?.clusterDns ?? Terminal.environment("cluster-dns") ?? "nodes")
    }
}

/// Flags of whatever makes the objects that manifests leave out.
struct PoolOptions: ParsableArguments {
    @Option(help: "Where LoadBalancer addresses are allocated from; none by default.")
    var loadBalancerPool = Terminal.environment("load-balancer-pool") ?? ""

    @Option(help: "What is behind the Service kube-system/kube-dns: nodes, or off for no Service.")
    var clusterDns = Terminal.environment("cluster-dns") ?? "nodes"
}

/// Flags that say which API a daemon follows.
struct APISourceOptions: ParsableArguments {
    @Option(help: "The address of a sluice api, such as http://10.0.0.1:6440.")
    var api: String?

    @Option(help: "A kubeconfig file of a Kubernetes cluster; this or --api is needed.")
    var kubeconfig: String?

    /// The only source given, nil if none is; a flag goes before the environment.
    func source() throws -> APISource? {
        try only([api.map(APISource.url), kubeconfig.map(APISource.kubeconfig)])
            ?? only([
                Terminal.environment("api").map(APISource.url),
                Terminal.environment("kubeconfig").map(APISource.kubeconfig),
            ])
    }
}

/// Flags that say where a tool reads the objects.
struct SourceOptions: ParsableArguments {
    @Option(help: "A folder or file of Kubernetes manifests.")
    var manifests: String?

    @Option(help: "The address of a sluice api, such as http://10.0.0.1:6440.")
    var api: String?

    @Option(help: "A kubeconfig file of a Kubernetes cluster.")
    var kubeconfig: String?

    /// The only source given, nil if none is; a flag goes before the environment.
    func source() throws -> StateSource? {
        try Self.source(manifests, api, kubeconfig)
            ?? Self.source(
                Terminal.environment("manifests"), Terminal.environment("api"),
                Terminal.environment("kubeconfig"))
    }

    private static func source(
        _ manifests: String?, _ api: String?, _ kubeconfig: String?
    ) throws -> StateSource? {
        try only([
            manifests.map(StateSource.manifests), api.map { .api(.url($0)) },
            kubeconfig.map { .api(.kubeconfig(path: $0)) },
        ])
    }
}

/// The one source of those that are given.
private func only<Source>(_ sources: [Source?]) throws -> Source? {
    let given = sources.compactMap { $0 }
    guard given.count <= 1 else {
        throw ConfigurationError(
            "--manifests, --api, --kubeconfig", "give one of them, not \(given.count)")
    }
    return given.first
}

/// Flags of whatever stands on a node.
struct NodeOptions: ParsableArguments {
    @Option(help: "The name of this host's Node object; the host name by default.")
    var nodeName: String?

    @Option(help: "Where nodePorts answer: primary, or blocks of the node's addresses.")
    var nodeportAddresses = Terminal.environment("nodeport-addresses") ?? "primary"

    @Option(help: "Who may use ClusterIPs: cluster (pods and nodes) or any (who has a route).")
    var clusterIpAccess = Terminal.environment("cluster-ip-access") ?? "cluster"

    @Option(help: "Who may change the tables: auto (this process alone, if the kernel can) or off.")
    var tableOwner = Terminal.environment("table-owner") ?? "auto"

    @Option(help: "Counters on frontends and endpoints: on or off.")
    var counters = Terminal.environment("counters") ?? "on"

    /// The settings in the daemon's terms.
    func settings() throws -> NodeSettings {
        try NodeSettings(
            nodeName: nodeName ?? Terminal.environment("node-name"),
            nodePortAddresses: nodeportAddresses, clusterIPAccess: clusterIpAccess,
            tableOwner: tableOwner, counters: counters)
    }
}

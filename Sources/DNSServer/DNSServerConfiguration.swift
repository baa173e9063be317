package import Addressing
package import ClusterDNS

/// What a DNS server has to know before it starts.
package struct DNSServerConfiguration: Sendable {
    /// Where a server listens.
    package enum ListenPlaces: Hashable, Sendable {
        /// The addresses inside the cluster of the Node object that stands for this host.
        case node(Port)
        /// These; `0.0.0.0` and `::` stand for all addresses of the host that are not bound to a
        /// link.
        case fixed([SocketEndpoint])
    }

    /// Who may have names outside the zone resolved.
    package enum RecursionSources: Hashable, Sendable {
        /// Pods, nodes and this host; pods of these blocks and of those that nodes state.
        case cluster(podRanges: [CIDRBlock])
        /// These alone.
        case blocks([CIDRBlock])
    }

    /// The name of the Node object that stands for this host.
    package let nodeName: String
    /// The zone that is answered for; its name leaves room for the names in it.
    package let zone: ClusterZone
    /// Where it listens.
    package let listen: ListenPlaces
    /// Who may have names outside the zone resolved.
    package let recursionSources: RecursionSources

    /// How much it takes from clients and gives them.
    package var limits = ServerLimits()
    /// Whether queries are written into the log.
    package var logsQueries = false
    /// Threads that answer over UDP; one for each core if nil.
    package var threadCount: Int?
    /// How often it is tried to listen where that has failed.
    package var retryInterval = Duration.seconds(1)
    /// How often the host's addresses are looked at.
    package var hostInterval = Duration.seconds(10)

    /// Gathers the settings of one server.
    ///
    /// Fails for a zone whose name is so long that no name fits in front of it.
    package init?(
        nodeName: String, zone: ZoneSettings, listen: ListenPlaces,
        recursionSources: RecursionSources
    ) {
        guard let zone = ClusterZone(settings: zone) else { return nil }
        self.nodeName = nodeName
        self.zone = zone
        self.listen = listen
        self.recursionSources = recursionSources
    }

    /// Where to listen, as far as it is known.
    ///
    /// - Parameters:
    ///   - node: the node's addresses inside the cluster.
    ///   - host: the addresses of this host.
    /// - Returns: addresses that can be bound, each with its port.
    func wantedEndpoints(node: [IPAddress], host: [IPAddress]) -> Set<SocketEndpoint> {
        switch listen {
        case .node(let port):
            return Set(node.map { SocketEndpoint(address: $0, port: port) })
        case .fixed(let endpoints):
            let all = endpoints.flatMap { endpoint in
                guard endpoint.address.isUnspecified else { return [endpoint] }
                // One socket an address: the answer then comes from the address that was asked.
                return host.filter { $0.family == endpoint.address.family && !$0.isLinkLocal }
                    .map { SocketEndpoint(address: $0, port: endpoint.port) }
            }
            return Set(all)
        }
    }

    /// Who may have names outside the zone resolved, as far as it is known.
    func recursionList(nodes: [CIDRBlock], host: [IPAddress]) -> AddressList {
        switch recursionSources {
        case .blocks(let blocks):
            return AddressList(blocks)
        case .cluster(let podRanges):
            let loopback = ["127.0.0.0/8", "::1/128"].compactMap { CIDRBlock($0) }
            return AddressList(
                loopback + podRanges + nodes + host.compactMap(CIDRBlock.init(single:)))
        }
    }
}

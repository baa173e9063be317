package import Addressing
package import Forwarding
package import ServiceModel

/// A Service of every kind, as a node's frontends: number N has ClusterIP …N and node port 30070 + N.
package struct ExampleServices: Sendable {
    /// Who has which address.
    package let places: ExamplePlaces

    /// The examples of one family.
    package init(_ family: IPFamily) {
        places = ExamplePlaces(family)
    }

    /// The Service of this name in namespace `default`.
    package static func identity(_ name: String) -> ServiceIdentity {
        ServiceIdentity(namespace: "default", name: name)
    }

    /// A node's table with the examples of both families.
    package static func table(
        hasCounters: Bool = true, opensClusterIPs: Bool = false
    ) -> ForwardingTable {
        var table = ForwardingTable(
            layout: ForwardingLayout(
                role: .node, hasCounters: hasCounters, opensClusterIPs: opensClusterIPs),
            surroundings: .example)
        let both = IPFamily.allCases.map { ExampleServices($0).entries }
        for (name, entries) in both[0].merging(both[1], uniquingKeysWith: +) {
            _ = table.replace(identity(name), with: entries)
        }
        return table
    }

    /// The node's frontends by name of the Service.
    package var entries: [String: [ForwardingEntry]] {
        [
            "web": frontends("web", 10, pods, port: "http")
                + frontends(
                    "web", 10, pods.map { endpoint($0.address, 5353) }, port: "dns",
                    transport: .udp),
            "sticky": frontends("sticky", 11, pods, affinity: 10_800),
            "empty": frontends("empty", 12, []) + frontends("empty", 12, [], transport: .udp),
            "etp-local": frontends("etp-local", 13, pods, external: .hostOnly),
            "etp-local-none-here": frontends(
                "etp-local-none-here", 14, remotePods, here: 0, external: .hostOnly),
            "itp-local": [clusterIP("itp-local", 15, localPods), nodePort("itp-local", 15, pods)],
            "itp-local-none-here": [
                clusterIP("itp-local-none-here", 16, [], fallback: .drop),
                nodePort("itp-local-none-here", 16, remotePods, here: 0),
            ],
            "ranges": frontends("ranges", 17, pods, ranges: places.allowedSources),
            "host-network": frontends("host-network", 18, [hostProcess], here: 1),
            "sticky-host": frontends(
                "sticky-host", 19, [hostProcess, localPods[0]], affinity: 3),
            "sticky-local": frontends(
                "sticky-local", 20, pods, affinity: 10_800, external: .hostOnly),
            "sticky-ranges": frontends(
                "sticky-ranges", 21, pods, affinity: 60, ranges: places.allowedSources),
            "self": frontends("self", 22, [localPods[0]], here: 1),
            "etp-local-ranges": frontends(
                "etp-local-ranges", 23, pods, external: .hostOnly, ranges: places.allowedSources),
            "sticky-service": frontends(
                "sticky-service", 25, pods, port: "http", affinity: 10_800, shares: true)
                + frontends(
                    "sticky-service", 25, pods.map { endpoint($0.address, 5353) }, port: "dns",
                    transport: .udp, affinity: 10_800, shares: true),
            "sticky-service-local": frontends(
                "sticky-service-local", 26, pods, affinity: 10_800, shares: true,
                external: .hostOnly, ranges: places.allowedSources),
            "etp-local-empty": frontends("etp-local-empty", 24, [], external: .hostOnly),
        ]
    }

    /// Pods .2 and .3 of this node, with port 8080.
    package var localPods: [SocketEndpoint] {
        [endpoint(places.localPod(2), 8080), endpoint(places.localPod(3), 8080)]
    }

    /// Pod .2 of another node, with port 8080.
    package var remotePods: [SocketEndpoint] { [endpoint(places.remotePod(2), 8080)] }

    /// All three pods, those of this node first.
    package var pods: [SocketEndpoint] { localPods + remotePods }

    /// A process that shares the node's address, as with `hostNetwork`.
    package var hostProcess: SocketEndpoint { endpoint(places.node, 9000) }
}

extension ExampleServices {
    /// ClusterIP, node port and load balancer address of one Service port.
    private func frontends(
        _ name: String, _ number: Int, _ backends: [SocketEndpoint], port: String? = nil,
        transport: TransportProtocol = .tcp, here: Int? = nil, affinity: Int? = nil,
        shares: Bool = false, external: ForwardingEntry.SourceHiding = .everyClient,
        ranges: [CIDRBlock] = []
    ) -> [ForwardingEntry] {
        let label = "default/" + name + (port.map { ":" + $0 } ?? "")
        let here = here ?? min(2, backends.count)
        func entry(
            _ address: IPAddress, _ port: UInt16, _ kind: String,
            _ hiding: ForwardingEntry.SourceHiding, ranges: [CIDRBlock] = []
        ) -> ForwardingEntry {
            var entry = ForwardingEntry(
                Frontend(address, transport, Fixtures.port(port)), label: label + kind,
                backends: backends, localCount: here, isLocalForOutside: hiding == .hostOnly,
                affinitySeconds: affinity, allowedSources: ranges, sourceHiding: hiding)
            if shares { entry.affinityService = places.clusterIP(number) }
            return entry
        }
        return [
            entry(places.clusterIP(number), 80, "", .byServiceRange),
            entry(places.node, UInt16(30_070 + number), " nodePort", external),
            entry(places.loadBalancerIP(number), 80, " loadBalancer", external, ranges: ranges),
        ]
    }

    private func clusterIP(
        _ name: String, _ number: Int, _ backends: [SocketEndpoint],
        fallback: ForwardingEntry.Fallback = .refuse
    ) -> ForwardingEntry {
        ForwardingEntry(
            Frontend(places.clusterIP(number), .tcp, port(80)), label: "default/\(name)",
            backends: backends, localCount: min(2, backends.count), fallback: fallback,
            sourceHiding: .byServiceRange)
    }

    private func nodePort(
        _ name: String, _ number: Int, _ backends: [SocketEndpoint], here: Int = 2
    ) -> ForwardingEntry {
        ForwardingEntry(
            Frontend(places.node, .tcp, port(UInt16(30_070 + number))),
            label: "default/\(name) nodePort", backends: backends, localCount: here,
            sourceHiding: .everyClient)
    }
}

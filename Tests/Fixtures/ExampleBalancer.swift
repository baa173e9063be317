package import Addressing
package import Forwarding
import Ruleset

/// A balancer before two nodes: a plain Service, a sticky one, a restricted one, one without nodes.
package struct ExampleBalancer: Sendable {
    /// Who has which address.
    package let places: ExamplePlaces

    /// The examples of one family.
    package init(_ family: IPFamily) {
        places = ExamplePlaces(family)
    }

    /// A balancer's table with the examples of both families.
    package static func table() -> ForwardingTable {
        var table = ForwardingTable(layout: ForwardingLayout(role: .balancer))
        let both = IPFamily.allCases.map { ExampleBalancer($0).entries }
        for (name, entries) in both[0].merging(both[1], uniquingKeysWith: +) {
            _ = table.replace(ExampleServices.identity(name), with: entries)
        }
        return table
    }

    /// The balancer's frontends by name of the Service.
    package var entries: [String: [ForwardingEntry]] {
        [
            "web": [entry("web", 10, nodes(30_080))],
            "sticky": [entry("sticky", 11, nodes(30_081), affinity: 10_800)],
            "empty": [entry("empty", 12, [])],
            "held": [entry("held", 13, nodes(30_083), holdsRefusals: true)],
            "last": [entry("last", 14, [nodes(30_084)[0]], holdsRefusals: true)],
            "hashed": [entry("hashed", 15, nodes(30_085), choosesBySource: true)],
            "guarded": [
                entry(
                    "guarded", 18, nodes(30_088),
                    protection: Protection(
                        clientRate: PacketRate(10, per: .second, burst: 2), connectionLimit: 3))
            ],
            "both": [
                entry(
                    "both", 19, nodes(30_089), ranges: places.allowedSources,
                    protection: Protection(connectionLimit: 3))
            ],
            "ranges": [entry("ranges", 17, nodes(30_087), ranges: places.allowedSources)],
        ]
    }

    /// Both nodes with a node port.
    package func nodes(_ nodePort: UInt16) -> [SocketEndpoint] {
        [endpoint(places.node, nodePort), endpoint(places.otherNode, nodePort)]
    }

    private func entry(
        _ name: String, _ number: Int, _ backends: [SocketEndpoint], affinity: Int? = nil,
        ranges: [CIDRBlock] = [], holdsRefusals: Bool = false,
        choosesBySource: Bool = false, protection: Protection = Protection()
    ) -> ForwardingEntry {
        ForwardingEntry(
            Frontend(places.loadBalancerIP(number), .tcp, port(80)), label: "default/\(name)",
            backends: backends, affinitySeconds: affinity, allowedSources: ranges,
            sourceHiding: .everyClient, holdsRefusals: holdsRefusals,
            choosesBySource: choosesBySource, protection: protection)
    }
}

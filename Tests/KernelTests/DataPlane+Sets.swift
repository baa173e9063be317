import Addressing
import Ruleset

/// The sets and maps of the data plane, with an example of every kind of element.
extension DataPlane {
    var maps: [ElementSet] {
        [
            ElementSet(
                SetDeclaration(
                    "services", key: Self.frontend, value: .verdict, hasCounter: true,
                    comment: "frontend -> how to pick one of its endpoints"),
                elements: [
                    Element(
                        ElementData(family, 10, .tcp, 80), value: .verdict(.goto("random_3")),
                        comment: "default/web:http"),
                    Element(
                        ElementData(family, 10, .udp, 80), value: .verdict(.goto("random_3")),
                        comment: "default/web:dns"),
                    Element(
                        ElementData(family, 11, .tcp, 80),
                        value: .verdict(.goto("sticky_random_3")),
                        comment: "default/sticky"),
                    Element(ElementData(family, 12, .sctp, 80), value: .verdict(.goto("refuse"))),
                    Element(ElementData(family, 16, .tcp, 65535), value: .verdict(.drop)),
                    Element(
                        ElementData(family, 17, .tcp, 1),
                        value: .verdict(.goto("restricted_random_3")),
                        comment: "default/ranges loadBalancer"),
                ]),
            ElementSet(
                SetDeclaration(
                    "from_outside", key: Self.frontend, value: .verdict, hasCounter: true,
                    comment: "frontends with externalTrafficPolicy Local")),
            ElementSet(
                SetDeclaration(
                    "endpoints", key: Self.slot, value: .data(Self.backend), hasCounter: true,
                    comment: "frontend . slot -> endpoint; local endpoints come first"),
                elements: (0..<3).map { slot in
                    Element(
                        ElementData(family, 10, .tcp, 80).with(slot: slot),
                        value: .data(ElementData(family, slot + 2, port: 8080)))
                }),
            ElementSet(
                SetDeclaration(
                    "affinity", key: Self.client, value: .data(Self.backend),
                    filling: .byPackets(timeoutSeconds: 10800), size: 65536,
                    comment: "client . frontend -> its endpoint, learned from traffic")),
            ElementSet(
                SetDeclaration(
                    "remember", key: Self.frontend, value: .verdict,
                    comment: "frontends with ClientIP affinity, by timeout"),
                elements: [
                    Element(
                        ElementData(family, 11, .tcp, 80), value: .verdict(.jump("remember_3s")))
                ]),
        ]
    }

    var sets: [ElementSet] {
        let restricted = ElementData(family, 17, .tcp, 80)
        return [
            ElementSet(
                SetDeclaration("hide_client", key: Self.frontend),
                elements: [
                    Element(ElementData(family, 30, .tcp, 30080)),
                    Element(ElementData(family, 30, .udp, 30080)),
                ]),
            ElementSet(
                SetDeclaration(
                    "hairpin", key: [.sourceAddress, .destinationAddress],
                    comment: "local endpoints that reached themselves"),
                elements: (2..<5).map { Element(ElementData(family, $0).with(family, $0)) }),
            ElementSet(
                SetDeclaration(
                    "allowed_sources", key: Self.frontend + [.sourceAddress], isInterval: true,
                    comment: "loadBalancerSourceRanges: frontend . source"),
                elements: [
                    Element(
                        restricted.with(family, 100), through: restricted.with(family, 103),
                        comment: "default/ranges"),
                    Element(restricted.with(family, 110)),
                ]),
            ElementSet(
                SetDeclaration("cluster_ips", key: [.destinationAddress]),
                elements: [
                    Element(ElementData(family, 10), comment: "default/web"),
                    Element(ElementData(family, 11)), Element(ElementData(family, 12)),
                ]),
            ElementSet(
                SetDeclaration(
                    "service_ranges", key: [.destinationAddress], isInterval: true,
                    comment: "an address here that no service has is dropped"),
                elements: [Element(block: family == .ip ? "10.96.0.0/12" : "fd96::/108")]),
            ElementSet(
                SetDeclaration("pods", key: [.sourceAddress], isInterval: true),
                elements: [
                    Element(
                        block: family == .ip ? "10.244.1.0/24" : "fd44:0:0:1::/64",
                        comment: "this node's")
                ]),
            ElementSet(
                SetDeclaration("cluster", key: [.sourceAddress], isInterval: true),
                elements: family == .ip
                    ? [
                        Element(block: "10.244.0.0/16"),
                        Element(block: "192.168.50.0/24", comment: "nodes"),
                    ]
                    : [Element(block: "fd44::/48"), Element(block: "fd50::/64", comment: "nodes")]),
        ]
    }
}

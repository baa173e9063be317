import Addressing
import Fixtures
import Ruleset

/// A table with every kind of set, chain and statement, legal in the kernel.
enum EveryKind {
    static func table(_ family: TableFamily) -> Table {
        Table(
            TableID(family, "every-kind"), comment: "one of each", chains: chains,
            sets: sets(ExamplePlaces(family.addressFamily)))
    }

    private static let frontend: [Selector] = [
        .destinationAddress, .transportProtocol, .destinationPort,
    ]
    private static let original: [Selector] = [
        .originalDestinationAddress, .transportProtocol, .originalDestinationPort,
    ]

    private static func sets(_ places: ExamplePlaces) -> [ElementSet] {
        var key = ElementData()
        key.append(places.clusterIP(10))
        key.append(TransportProtocol.tcp)
        key.append(port(80))
        var slot = key
        slot.append(number: 1)
        var backend = ElementData()
        backend.append(places.localPod(2))
        backend.append(port(8080))
        let ranges = places.allowedSources.map { block in
            var first = ElementData()
            first.append(block.first)
            var last = ElementData()
            last.append(block.last)
            return Element(first, through: last)
        }
        let backendFields: [Selector] = [.destinationAddress, .destinationPort]
        return [
            ElementSet(
                SetDeclaration(
                    "services", key: frontend, value: .verdict, hasCounter: true,
                    comment: "frontend -> verdict"),
                elements: [Element(key, value: .verdict(.goto("random_2")), comment: "default/web")]
            ),
            ElementSet(
                SetDeclaration(
                    "endpoints", key: frontend + [.random(modulus: 65_536)],
                    value: .data(backendFields)),
                elements: [Element(slot, value: .data(backend))]),
            ElementSet(
                SetDeclaration("cluster", key: [.sourceAddress], isInterval: true),
                elements: ranges),
            ElementSet(
                SetDeclaration(
                    "clients", key: [.sourceAddress] + frontend,
                    filling: .byPackets(timeoutSeconds: 60), size: 1_000)),
            ElementSet(
                SetDeclaration(
                    "connections", key: frontend, filling: .byPackets(timeoutSeconds: nil),
                    size: 100)),
            ElementSet(
                SetDeclaration("blocked", key: [.sourceAddress], isInterval: true, filling: .timed)),
            ElementSet(
                SetDeclaration("places", key: frontend, value: .data([.destinationAddress]))),
            ElementSet(SetDeclaration("known", key: frontend), elements: [Element(key)]),
            ElementSet(
                SetDeclaration(
                    "affinity", key: [.sourcePort, .destinationPort], value: .data(backendFields),
                    filling: .byPackets(timeoutSeconds: 10_800), size: 100)),
        ]
    }

    private static func rate(
        _ count: Int, _ unit: PacketRate.Unit, _ burst: Int
    ) -> PacketRate {
        guard let rate = PacketRate(count, per: unit, burst: burst) else {
            preconditionFailure("no rate")
        }
        return rate
    }

    private static let chains = [
        Chain(
            "hash_2",
            rules: [
                Rule(
                    .translateDestination(
                        frontend + [.sourceHash(modulus: 2, seed: 0x736c_7569)],
                        map: "endpoints"))
            ]),
        Chain(
            "random_2", comment: "picks",
            rules: [
                Rule(.translateDestination(frontend + [.random(modulus: 2)], map: "endpoints"))
            ]),
        Chain(
            "refuse",
            rules: [
                Rule(.isProtocol([.tcp]), .reject(.tcpReset)), Rule(.reject(.portUnreachable)),
            ]),
        Chain(
            "prerouting", base: BaseChain(.nat, .prerouting, priority: -100),
            rules: [
                Rule(.inSet([.sourceAddress], isNegated: true, set: "cluster"), .verdict(.drop)),
                Rule(.verdictMap(frontend, map: "services")),
                Rule(.inSet(frontend, isNegated: false, set: "known"), .verdict(.goto("refuse"))),
                Rule(.verdict(.return)),
            ]),
        Chain(
            "postrouting", base: BaseChain(.nat, .postrouting, priority: 100),
            rules: [
                Rule(
                    .isDestinationTranslated, .isProtocol([.tcp, .udp]),
                    .update(
                        set: "affinity", key: [.sourcePort, .originalDestinationPort],
                        timeoutSeconds: 90,
                        value: [.destinationAddress, .destinationPort])),
                Rule(
                    .isProtocol([.tcp, .udp]), .inSet(original, isNegated: false, set: "known"),
                    .isSourceLocal, .masquerade),
            ]),
        Chain(
            "invalid", base: BaseChain(.filter, .prerouting, priority: -110),
            rules: [
                Rule(.isInvalid, .verdict(.jump("nothing"))),
                Rule(
                    .isProtocol([.tcp]),
                    .hasTCPFlags(
                        [.reset, .acknowledge], among: [.synchronize, .reset, .acknowledge]),
                    .hasSequenceNumber(70_000), .verdict(.drop)),
                Rule(.verdict(.accept)),
            ]),
        Chain("nothing"),
        Chain(
            "rewrite",
            rules: [
                Rule(
                    .setDestination(frontend, map: "places"),
                    .copyToDestination(.answeringAddress)),
                Rule(.copyToDestination(.originalDestinationAddress)),
            ]),
        Chain(
            "bounds", base: BaseChain(.filter, .forward, priority: 0),
            rules: [
                Rule(
                    .inSet([.sourceAddress], isNegated: false, set: "blocked"), .verdict(.drop)),
                Rule(
                    .isOverRate(
                        rate(10, .second, 20), set: "clients",
                        key: [.sourceAddress] + frontend, timeoutSeconds: 60), .verdict(.drop)),
                Rule(
                    .isOverRate(
                        rate(90, .minute, 5), set: "clients",
                        key: [.sourceAddress] + frontend, timeoutSeconds: 90), .verdict(.drop)),
                Rule(
                    .isOverCount(100, set: "connections", key: frontend), .verdict(.drop)),
            ]),
    ]
}

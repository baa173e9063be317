import Addressing
import Ruleset

/// The node's data plane, with an example of every kind of set, element and statement.
struct DataPlane {
    let family: TableFamily
    private let id: TableID

    /// The table of a family, named `sluice`.
    static func table(_ family: TableFamily, flags: TableFlags = []) -> Table {
        let plane = DataPlane(family: family)
        return Table(
            plane.id, flags: flags, comment: "sluice: Services as data",
            chains: plane.pickingChains + plane.servingChains + plane.baseChains,
            sets: plane.maps + plane.sets)
    }

    private init(family: TableFamily) {
        self.family = family
        id = TableID(family, "sluice")
    }

    static let frontend: [Selector] = [.destinationAddress, .transportProtocol, .destinationPort]
    private static let original: [Selector] = [
        .originalDestinationAddress, .transportProtocol, .originalDestinationPort,
    ]
    static let slot: [Selector] = frontend + [.random(modulus: 65536)]
    static let backend: [Selector] = [.destinationAddress, .destinationPort]
    static let client: [Selector] = [.sourceAddress] + frontend
    private static let all = TransportProtocol.allCases

    private var pickingChains: [Chain] {
        [
            Chain(
                "random_3", comment: "one such chain for each endpoint count in use",
                rules: [
                    Rule(
                        .translateDestination(
                            Self.frontend + [.random(modulus: 3)], map: "endpoints"))
                ]),
            Chain(
                "restricted_random_3",
                rules: [
                    Rule(
                        .inSet(
                            Self.frontend + [.sourceAddress], isNegated: true,
                            set: "allowed_sources"),
                        .verdict(.drop)),
                    Rule(.verdict(.goto("random_3"))),
                ]),
            Chain(
                "sticky_random_3",
                rules: [
                    Rule(.translateDestination(Self.client, map: "affinity")),
                    Rule(.verdict(.goto("random_3"))),
                ]),
            Chain(
                "remember_3s", comment: "learn or refresh",
                rules: [
                    Rule(
                        .isProtocol(Self.all),
                        .update(
                            set: "affinity", key: [.sourceAddress] + Self.original,
                            timeoutSeconds: 3, value: Self.backend))
                ]),
            Chain(
                "refuse",
                rules: [
                    Rule(.isProtocol([.tcp]), .reject(.tcpReset)), Rule(.reject(.portUnreachable)),
                ]),
        ]
    }

    private var servingChains: [Chain] {
        [
            Chain(
                "outside",
                rules: [
                    Rule(
                        .inSet([.destinationAddress], isNegated: false, set: "service_ranges"),
                        .inSet([.sourceAddress], isNegated: true, set: "cluster"),
                        .verdict(.drop)),
                    Rule(.verdictMap(Self.frontend, map: "from_outside")),
                ]),
            Chain(
                "service",
                rules: [
                    Rule(.verdictMap(Self.frontend, map: "services")),
                    Rule(
                        .inSet([.destinationAddress], isNegated: false, set: "cluster_ips"),
                        .verdict(.goto("refuse"))),
                    Rule(
                        .inSet([.destinationAddress], isNegated: false, set: "service_ranges"),
                        .verdict(.drop)),
                ]),
            Chain(
                "after_dnat",
                rules: [
                    Rule(
                        .isProtocol(Self.all), .verdictMap(Self.original, map: "remember")),
                    Rule(
                        .inSet(
                            [.sourceAddress, .destinationAddress], isNegated: false,
                            set: "hairpin"), .masquerade),
                    Rule(
                        .isProtocol([.tcp, .udp]),
                        .inSet(Self.original, isNegated: false, set: "hide_client"), .masquerade),
                    Rule(
                        .inSet([.sourceAddress], isNegated: false, set: "pods"), .verdict(.return)),
                    Rule(
                        .inSet(
                            [.originalDestinationAddress], isNegated: false,
                            set: "service_ranges"), .isSourceLocal, .masquerade),
                ]),
        ]
    }

    private var baseChains: [Chain] {
        [
            Chain(
                "prerouting", base: BaseChain(.nat, .prerouting, priority: -100),
                rules: [
                    Rule(
                        .inSet([.sourceAddress], isNegated: true, set: "pods"),
                        .verdict(.jump("outside"))),
                    Rule(.verdict(.goto("service"))),
                ]),
            Chain(
                "output", base: BaseChain(.nat, .output, priority: -100),
                rules: [Rule(.verdict(.goto("service")))]),
            Chain(
                "postrouting", base: BaseChain(.nat, .postrouting, priority: 100),
                rules: [Rule(.isDestinationTranslated, .verdict(.goto("after_dnat")))]),
            Chain("input", base: BaseChain(.nat, .input, priority: 100)),
            Chain(
                "invalid", base: BaseChain(.filter, .prerouting, priority: -110),
                comment: "late segments of an endpoint would reach the client untranslated",
                rules: [
                    Rule(
                        .isInvalid, .inSet([.sourceAddress], isNegated: false, set: "cluster"),
                        .verdict(.drop))
                ]),
        ]
    }
}

import Addressing
import Ruleset

/// The node's data plane, with an example of every kind of set, element and statement.
struct DataPlane {
    private let family: TableFamily
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

    // MARK: Fields

    static let frontend: [Selector] = [.destinationAddress, .transportProtocol, .destinationPort]
    private static let original: [Selector] = [
        .originalDestinationAddress, .transportProtocol, .originalDestinationPort,
    ]
    static let slot: [Selector] = frontend + [.random(modulus: 65536)]
    static let backend: [Selector] = [.destinationAddress, .destinationPort]
    private static let client: [Selector] = [.sourceAddress] + frontend
    private static let all = TransportProtocol.allCases

    // MARK: Sets

    private var maps: [ElementSet] {
        [
            ElementSet(
                SetDeclaration(
                    "services", key: Self.frontend, value: .verdict, hasCounter: true,
                    comment: "frontend -> how to pick one of its endpoints"),
                elements: [
                    Element(
                        frontend(10, .tcp, 80), value: .verdict(.goto("random_3")),
                        comment: "default/web:http"),
                    Element(
                        frontend(10, .udp, 80), value: .verdict(.goto("random_3")),
                        comment: "default/web:dns"),
                    Element(
                        frontend(11, .tcp, 80), value: .verdict(.goto("sticky_random_3")),
                        comment: "default/sticky"),
                    Element(frontend(12, .sctp, 80), value: .verdict(.goto("refuse"))),
                    Element(frontend(16, .tcp, 65535), value: .verdict(.drop)),
                    Element(
                        frontend(17, .tcp, 1), value: .verdict(.goto("restricted_random_3")),
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
                    var key = frontend(10, .tcp, 80)
                    key.append(number: UInt32(slot))
                    return Element(key, value: .data(backend(slot + 2, 8080)))
                }),
            ElementSet(
                SetDeclaration(
                    "affinity", key: Self.client, value: .data(Self.backend),
                    dynamicTimeoutSeconds: 10800, size: 65536,
                    comment: "client . frontend -> its endpoint, learned from traffic")),
            ElementSet(
                SetDeclaration(
                    "remember", key: Self.frontend, value: .verdict,
                    comment: "frontends with ClientIP affinity, by timeout"),
                elements: [
                    Element(frontend(11, .tcp, 80), value: .verdict(.jump("remember_3s")))
                ]),
        ]
    }

    private var sets: [ElementSet] {
        var source = frontend(17, .tcp, 80)
        source.append(address(100))
        var lastSource = frontend(17, .tcp, 80)
        lastSource.append(address(103))
        var oneSource = frontend(17, .tcp, 80)
        oneSource.append(address(110))
        return [
            ElementSet(
                SetDeclaration("hide_client", key: Self.frontend),
                elements: [Element(frontend(30, .tcp, 30080)), Element(frontend(30, .udp, 30080))]),
            ElementSet(
                SetDeclaration(
                    "hairpin", key: [.sourceAddress, .destinationAddress],
                    comment: "local endpoints that reached themselves"),
                elements: (2..<5).map { Element(pair($0, $0)) }),
            ElementSet(
                SetDeclaration(
                    "allowed_sources", key: Self.frontend + [.sourceAddress], isInterval: true,
                    comment: "loadBalancerSourceRanges: frontend . source"),
                elements: [
                    Element(source, through: lastSource, comment: "default/ranges"),
                    Element(oneSource),
                ]),
            ElementSet(
                SetDeclaration("cluster_ips", key: [.destinationAddress]),
                elements: [
                    Element(key(10), comment: "default/web"), Element(key(11)), Element(key(12)),
                ]),
            ElementSet(
                SetDeclaration(
                    "service_ranges", key: [.destinationAddress], isInterval: true,
                    comment: "an address here that no service has is dropped"),
                elements: [range(family == .ip ? "10.96.0.0/12" : "fd96::/108")]),
            ElementSet(
                SetDeclaration("pods", key: [.sourceAddress], isInterval: true),
                elements: [
                    range(family == .ip ? "10.244.1.0/24" : "fd44:0:0:1::/64", "this node's")
                ]),
            ElementSet(
                SetDeclaration("cluster", key: [.sourceAddress], isInterval: true),
                elements: family == .ip
                    ? [range("10.244.0.0/16"), range("192.168.50.0/24", "nodes")]
                    : [range("fd44::/48"), range("fd50::/64", "nodes")]),
        ]
    }

    // MARK: Chains

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

// MARK: Elements

extension DataPlane {
    private func address(_ number: Int) -> IPAddress {
        let bytes: [UInt8] =
            family == .ip
            ? [10, 96, 0, UInt8(number)]
            : [0xfd, 0x96] + Array(repeating: 0, count: 13) + [UInt8(number)]
        return IPAddress(bytes: bytes)!
    }

    private func key(_ number: Int) -> ElementData {
        var key = ElementData()
        key.append(address(number))
        return key
    }

    private func pair(_ source: Int, _ destination: Int) -> ElementData {
        var key = key(source)
        key.append(address(destination))
        return key
    }

    private func frontend(
        _ number: Int, _ transport: TransportProtocol, _ port: Int
    ) -> ElementData {
        var key = key(number)
        key.append(transport)
        key.append(Port(port)!)
        return key
    }

    private func backend(_ number: Int, _ port: Int) -> ElementData {
        var value = key(number)
        value.append(Port(port)!)
        return value
    }

    private func range(_ text: String, _ comment: String? = nil) -> Element {
        let block = CIDRBlock(text)!
        var first = ElementData()
        first.append(block.first)
        var last = ElementData()
        last.append(block.last)
        return Element(first, through: last, comment: comment)
    }
}

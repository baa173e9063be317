import Addressing
import Ruleset

/// The chains that every table has, however many Services there are.
enum BaseChains {
    static let refuse = "refuse"
    static let strangers = "strangers"
    static let overRate = "over_rate"
    static let overLimit = "over_limit"
    private static let originalIsTransport = Statement.isProtocol([.tcp, .udp, .sctp])

    /// Nothing behind a frontend: the client is told at once.
    private static let refuseChain = Chain(
        refuse, comment: "nothing behind this frontend",
        rules: [
            Rule(.isProtocol([.tcp]), .reject(.tcpReset)),
            Rule(.reject(.portUnreachable)),
        ])

    /// The chains of a node: docs/data-plane.md draws a packet's way through them.
    static func ofNode(opensClusterIPs: Bool) -> [Chain] {
        [
            refuseChain, prerouting, output, outside(opensClusterIPs: opensClusterIPs), service,
            input, postrouting, afterDestination, invalid,
        ]
    }

    private static let prerouting = Chain(
        "prerouting", base: BaseChain(.nat, .prerouting, priority: -100),
        rules: [
            Rule(
                .inSet([.sourceAddress], isNegated: true, set: SetNames.pods),
                .verdict(.jump("outside"))),
            Rule(.verdict(.goto("service"))),
        ])

    private static let output = Chain(
        "output", base: BaseChain(.nat, .output, priority: -100),
        rules: [Rule(.verdict(.goto("service")))])

    /// What packets meet that do not come from this node's pods.
    private static func outside(opensClusterIPs: Bool) -> Chain {
        let isolation = Rule(
            .inSet([.destinationAddress], isNegated: false, set: SetNames.serviceRanges),
            .inSet([.sourceAddress], isNegated: true, set: SetNames.cluster),
            .verdict(.drop))
        let local = Rule(.verdictMap(Fields.frontend, map: SetNames.fromOutside))
        return Chain("outside", rules: opensClusterIPs ? [local] : [isolation, local])
    }

    private static let service = Chain(
        "service",
        rules: [
            Rule(.verdictMap(Fields.frontend, map: SetNames.services)),
            Rule(
                .inSet([.destinationAddress], isNegated: false, set: SetNames.clusterIPs),
                .verdict(.goto(refuse))),
            Rule(
                .inSet([.destinationAddress], isNegated: false, set: SetNames.serviceRanges),
                .verdict(.drop)),
        ])

    private static let input = Chain(
        "input", base: BaseChain(.nat, .input, priority: 100),
        rules: [
            Rule(
                .isDestinationTranslated, originalIsTransport,
                .verdictMap(Fields.originalFrontend, map: SetNames.remember))
        ])

    private static let postrouting = Chain(
        "postrouting", base: BaseChain(.nat, .postrouting, priority: 100),
        rules: [Rule(.isDestinationTranslated, .verdict(.goto("after_dnat")))])

    private static let afterDestination = Chain(
        "after_dnat", comment: "first packet of a connection we may have translated",
        rules: afterTranslation)

    private static let invalid = Chain(
        "invalid", base: BaseChain(.filter, .prerouting, priority: -110),
        comment: "late segments would reach the client untranslated, and it would reset",
        rules: [
            Rule(
                .isInvalid,
                .inSet([.sourceAddress], isNegated: false, set: SetNames.cluster),
                .verdict(.drop))
        ])

    /// The order matters: a pod that reached itself is masqueraded before pods are let off.
    private static let afterTranslation = [
        Rule(
            originalIsTransport,
            .verdictMap(Fields.originalFrontend, map: SetNames.remember)),
        Rule(
            .inSet([.sourceAddress, .destinationAddress], isNegated: false, set: SetNames.hairpin),
            .masquerade),
        Rule(
            originalIsTransport,
            .inSet(Fields.originalFrontend, isNegated: false, set: SetNames.hideClient),
            .masquerade),
        Rule(
            .inSet([.sourceAddress], isNegated: false, set: SetNames.pods),
            .verdict(.return)),
        Rule(
            .inSet([.originalDestinationAddress], isNegated: false, set: SetNames.serviceRanges),
            .masquerade),
        Rule(
            originalIsTransport,
            .inSet(Fields.originalFrontend, isNegated: false, set: SetNames.hideNode),
            .isSourceLocal, .masquerade),
    ]

    /// The chains of a balancer: it has no pods, so every translated connection is masqueraded.
    ///
    /// `refusals` stands behind connection tracking (-200), which forgets a connection that is
    /// refused at once but leaves it attached to the packet, so that the frontend is known; and
    /// before the translation is undone (-100). A client's next SYN is thus a new connection.
    static let ofBalancer: [Chain] = [
        refuseChain,
        dropping(strangers, "from a source that is not allowed", SetNames.strangers),
        dropping(overRate, "of a client that connects too fast", SetNames.overRate),
        dropping(overLimit, "one connection too many", SetNames.overLimit),
        blocked,
        Chain(
            "prerouting", base: BaseChain(.nat, .prerouting, priority: -100),
            rules: [Rule(.verdict(.goto("service")))]),
        Chain(
            "output", base: BaseChain(.nat, .output, priority: -100),
            rules: [Rule(.verdict(.goto("service")))]),
        Chain(
            "service",
            rules: [
                Rule(.verdictMap(Fields.frontend, map: SetNames.guards)),
                Rule(.verdictMap(Fields.frontend, map: SetNames.services)),
            ]),
        Chain(
            "postrouting", base: BaseChain(.nat, .postrouting, priority: 100),
            rules: [Rule(.isDestinationTranslated, .verdict(.goto("after_dnat")))]),
        Chain(
            "after_dnat", comment: "first packet of a connection we may have translated",
            rules: Array(afterTranslation[0...0]) + Array(afterTranslation[2...2])),
        Chain(
            "refusals", base: BaseChain(.filter, .prerouting, priority: -150),
            comment: "a SYN's RST: dropped, and the client's next SYN meets another backend",
            rules: [
                Rule(
                    .isProtocol([.tcp]),
                    .hasTCPFlags(
                        [.reset, .acknowledge], among: [.synchronize, .reset, .acknowledge]),
                    .hasSequenceNumber(0),
                    .inSet(Fields.originalFrontend, isNegated: false, set: SetNames.holdRefusals),
                    .verdict(.drop))
            ]),
    ]
}

/// What keeps clients from a balancer.
extension BaseChains {
    /// What blocked clients meet.
    ///
    /// Before connection tracking (-200), so that a blocked client costs next to nothing and no
    /// connection of it goes on. What is no VIP, such as the balancer's own address, stays open.
    fileprivate static let blocked = Chain(
        "blocked", base: BaseChain(.filter, .prerouting, priority: -300),
        comment: "clients that no VIP hears",
        rules: [
            Rule(
                .inSet([.sourceAddress], isNegated: false, set: SetNames.blocklist),
                .inSet([.destinationAddress], isNegated: false, set: SetNames.virtualIPs),
                .verdict(.drop))
        ])

    /// Drops whatever comes; the set is looked into for its counters alone.
    fileprivate static func dropping(_ name: String, _ comment: String, _ set: String) -> Chain {
        Chain(
            name, comment: "\(comment): counted and dropped",
            rules: [
                Rule(.inSet(Fields.frontend, isNegated: false, set: set), .verdict(.drop)),
                Rule(.verdict(.drop)),
            ])
    }
}

import Addressing
import Netfilter
import Ruleset
import Support
import Testing

/// Every statement alone, in both families: commit, read back, compare.
@Suite("Statements")
struct StatementTests {
    static let selectors: [Selector] = [
        .sourceAddress, .destinationAddress, .transportProtocol, .sourcePort, .destinationPort,
        .originalDestinationAddress, .originalDestinationPort, .answeringAddress,
        .random(modulus: 65536),
    ]

    static let statements: [[Statement]] = [
        [.isProtocol([.tcp])], [.isProtocol([.udp])], [.isProtocol([.sctp])],
        [.isProtocol([.tcp, .udp])], [.isProtocol([.tcp, .udp, .sctp])],
        [.isInvalid], [.isDestinationTranslated], [.isSourceLocal], [.masquerade],
        [.inSet(DataPlane.frontend, isNegated: false, set: "frontends")],
        [.inSet(DataPlane.frontend, isNegated: true, set: "frontends")],
        [.verdictMap(DataPlane.frontend, map: "verdicts")],
        [
            .update(
                set: "learned", key: [.sourceAddress] + DataPlane.frontend, timeoutSeconds: 7,
                value: DataPlane.backend)
        ],
        [
            .isProtocol([.tcp]),
            .hasTCPFlags([.reset, .acknowledge], among: [.synchronize, .reset, .acknowledge]),
            .hasSequenceNumber(0), .verdict(.drop),
        ],
        [.setDestination(DataPlane.frontend, map: "places")],
        [
            .setDestination(DataPlane.frontend, map: "places"),
            .setDestination([.sourceAddress, .destinationAddress], map: "visits"),
            .verdict(.accept),
        ],
        [.copyToDestination(.originalDestinationAddress)],
        [.copyToDestination(.answeringAddress), .verdict(.return)],
        [
            .update(
                set: "visits", key: [.sourceAddress, .destinationAddress], timeoutSeconds: 7,
                value: [.answeringAddress])
        ],
        [.isOverCount(100, set: "connections", key: DataPlane.frontend), .verdict(.drop)],
        [.verdict(.accept)], [.verdict(.drop)], [.verdict(.return)], [.verdict(.jump("other"))],
        [.verdict(.goto("other"))],
        [.isInvalid, .isProtocol([.tcp, .udp]), .isSourceLocal, .verdict(.drop)],
    ]

    static let sets: [ElementSet] = [
        ElementSet(
            SetDeclaration(
                "clients", key: [.sourceAddress] + DataPlane.frontend,
                filling: .byPackets(timeoutSeconds: 60), size: 1000)),
        ElementSet(
            SetDeclaration(
                "connections", key: DataPlane.frontend, filling: .byPackets(timeoutSeconds: nil),
                size: 1000)),
        ElementSet(
            SetDeclaration("blocked", key: [.sourceAddress], isInterval: true, filling: .timed)),
        ElementSet(
            SetDeclaration("places", key: DataPlane.frontend, value: .data([.destinationAddress]))),
        ElementSet(
            SetDeclaration(
                "visits", key: [.sourceAddress, .destinationAddress],
                value: .data([.destinationAddress]), filling: .byPackets(timeoutSeconds: 60),
                size: 1000)),
        ElementSet(SetDeclaration("frontends", key: DataPlane.frontend)),
        ElementSet(SetDeclaration("verdicts", key: DataPlane.frontend, value: .verdict)),
        ElementSet(
            SetDeclaration(
                "learned", key: [.sourceAddress] + DataPlane.frontend,
                value: .data(DataPlane.backend), filling: .byPackets(timeoutSeconds: 60), size: 1000
            )),
        ElementSet(
            SetDeclaration("backends", key: DataPlane.slot, value: .data(DataPlane.backend))),
    ]

    static let translations: [[Statement]] = [
        [
            .translateDestination(
                DataPlane.frontend + [.random(modulus: 4_294_967_295)], map: "backends")
        ],
        [
            .translateDestination(
                DataPlane.frontend + [.random(modulus: 2, offset: 3)], map: "backends")
        ],
        [
            .translateDestination(
                DataPlane.frontend + [.sourceHash(modulus: 1_021, seed: 0x736c_7569)],
                map: "backends")
        ],
        [.translateDestination([.sourceAddress] + DataPlane.frontend, map: "learned")],
        [.isProtocol([.tcp]), .reject(.tcpReset)], [.reject(.portUnreachable)],
    ]

    @Test("a rule of one statement reads back as it was written", arguments: TableFamily.allCases)
    func roundTrip(family: TableFamily) throws {
        var kernel = try Kernel()
        let table = Table(
            TableID(family, "sluice"),
            chains: [
                Chain("other"),
                Chain(
                    "postrouting", base: BaseChain(.nat, .postrouting, priority: 100),
                    rules: Self.statements.map { Rule(statements: $0) }),
                Chain(
                    "output", base: BaseChain(.nat, .output, priority: -100),
                    rules: Self.translations.map { Rule(statements: $0) }),
            ], sets: Self.sets)
        try kernel.load(table)
        #expect(try kernel.tables() == Ruleset([table]))
    }

    @Test(
        "a rate reads back as it was written", arguments: TableFamily.allCases,
        [PacketRate(1, per: .day, burst: 1), PacketRate(1_000_000, per: .second, burst: 1_000_000)])
    func rate(family: TableFamily, rate: PacketRate?) throws {
        var kernel = try Kernel()
        let bound = Statement.isOverRate(
            try #require(rate), set: "clients", key: [.sourceAddress] + DataPlane.frontend,
            timeoutSeconds: 90)
        let chain = Chain(
            "output", base: BaseChain(.filter, .output, priority: 0),
            rules: [Rule(bound, .verdict(.drop))])
        let table = Table(TableID(family, "sluice"), chains: [chain], sets: [Self.sets[0]])
        try kernel.load(table)
        #expect(try kernel.tables() == Ruleset([table]))
    }

    @Test("every field reads back in a lookup", arguments: TableFamily.allCases, selectors)
    func fields(family: TableFamily, selector: Selector) throws {
        var kernel = try Kernel()
        let table = Table(
            TableID(family, "sluice"),
            chains: [
                Chain(
                    "output", base: BaseChain(.filter, .output, priority: 0),
                    rules: [
                        Rule(.inSet([selector], isNegated: false, set: "alone")),
                        Rule(
                            .inSet(
                                [.sourcePort, selector, .sourceAddress], isNegated: true,
                                set: "among")),
                    ])
            ],
            sets: [
                ElementSet(SetDeclaration("alone", key: [selector])),
                ElementSet(
                    SetDeclaration("among", key: [.sourcePort, selector, .sourceAddress])),
            ])
        try kernel.load(table)
        #expect(try kernel.tables() == Ruleset([table]))
    }

    @Test("rules are replaced, and their nameless sets go with them")
    func replacement() throws {
        var kernel = try Kernel()
        var table = Table(
            TableID(.ip, "sluice"),
            chains: [Chain("a", rules: [Rule(.isProtocol([.tcp, .udp]), .verdict(.drop))])])
        try kernel.load(table)
        table.chains["a"]?.rules = [Rule(.isProtocol([.udp, .sctp]), .verdict(.accept))]
        try kernel.socket.commit(kernel.tables().changes(to: Ruleset([table])))
        #expect(try kernel.tables() == Ruleset([table]))
        #expect(try kernel.namespace.nft("list", "sets") == "table ip sluice {\n}\n")
        table.chains["a"]?.rules = []
        try kernel.socket.commit(kernel.tables().changes(to: Ruleset([table])))
        #expect(try kernel.tables() == Ruleset([table]))
    }

    @Test("what others wrote into a table reads as foreign, and goes when the plan is committed")
    func foreignRules() throws {
        var kernel = try Kernel()
        let plan = Table(
            TableID(.ip, "sluice"), chains: [Chain("a", rules: [Rule(.verdict(.accept))])])
        try kernel.load(plan)
        for rule in [
            "counter drop", "ip saddr 192.0.2.1 accept", "ip ttl 3 drop", "masquerade random",
            "tcp dport { 1, 2 } accept", "meta mark set 7", "ip daddr & 255.0.0.0 == 10.0.0.0",
            "reject with icmp type host-unreachable", "log prefix \"x\"",
        ] {
            try kernel.namespace.nft("add", "rule", "ip", "sluice", "a", rule)
        }
        let found = try kernel.tables()
        let rules = try #require(found.tables[plan.id]?.chains["a"]?.rules)
        #expect(rules.count == 10)
        #expect(rules.first == Rule(.verdict(.accept)))
        for rule in rules.dropFirst() {
            #expect(rule.statements.contains { if case .foreign = $0 { true } else { false } })
        }
        try kernel.socket.commit(found.changes(to: Ruleset([plan])))
        #expect(try kernel.tables() == Ruleset([plan]))
    }

    @Test("a foreign statement cannot be committed, and the error names the change")
    func foreignIsRefused() throws {
        var kernel = try Kernel()
        let table = Table(
            TableID(.ip, "sluice"),
            chains: [Chain("a", rules: [Rule(.foreign("log"), .verdict(.drop))])])
        let changes = Ruleset().changes(to: Ruleset([table]))
        let error = try kernel.refusal(of: changes)
        #expect(error?.operation == .encode)
        #expect(error?.changeIndex == 2)
        #expect(try kernel.tables() == Ruleset())
    }
}

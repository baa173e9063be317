import Addressing
import Ruleset

/// The sets and the one chain of a table at the device.
struct DirectReturnFrame {
    let layout: DirectReturnLayout
    let family: IPFamily
    let hasCounters: Bool

    /// `nodes` sorts before all that leads to it, and so is filled first.
    static let nodes = "nodes"

    /// From a group and a slot to the node.
    var nodes: SetDeclaration {
        SetDeclaration(
            Self.nodes, key: [.mark, .random(modulus: 65_536)], value: .data([.destinationAddress]),
            comment: "group . slot -> node")
    }

    /// Frontend → group, for those that group packets so.
    func services(_ grouping: DirectReturn.Grouping) -> SetDeclaration {
        SetDeclaration(
            "services" + suffix(grouping), key: Fields.frontend, value: .data([.mark]),
            hasCounter: hasCounters, comment: "frontend -> group of nodes; counts packets")
    }

    /// What an ICMP error quotes of an answer → group.
    func quotes(_ grouping: DirectReturn.Grouping) -> SetDeclaration {
        SetDeclaration(
            "quotes" + suffix(grouping), key: Self.quoted, value: .data([.mark]),
            comment: "the frontend whose answer an ICMP error quotes -> group of nodes")
    }

    /// From an address and a protocol to the group, where fragments can be handed on.
    var split: SetDeclaration {
        SetDeclaration(
            "split_by_client", key: Self.place, value: .data([.mark]), hasCounter: hasCounters,
            comment: "whose fragments find their node: all its ports have one group, by client")
    }

    /// Addresses and protocols of all frontends: fragments of others are nobody's business.
    var unsplit: SetDeclaration {
        SetDeclaration(
            "unsplit", key: Self.place, hasCounter: hasCounters,
            comment: "fragments to here are dropped")
    }

    /// A table without frontends.
    func table(flags: TableFlags) -> Table {
        Table(
            DirectReturnLayout.table(family), flags: flags, comment: "sluice: direct return",
            chains: [
                Chain(
                    "ingress", base: BaseChain(ingressOf: layout.device, priority: 0),
                    comment: "mark: the group of nodes; the hash: the slot", rules: rules)
            ],
            sets: [
                nodes, services(.connection), services(.client), quotes(.connection),
                quotes(.client), split, unsplit,
            ].map { ElementSet($0) })
    }

    private static let place: [Selector] = [.destinationAddress, .transportProtocol]
    private static let quoted: [Selector] = [
        .destinationAddress, .quotedProtocol, .quotedSourcePort,
    ]

    private func suffix(_ grouping: DirectReturn.Grouping) -> String {
        grouping == .client ? "_by_client" : ""
    }

    private var rules: [Rule] {
        let count = UInt32(layout.slotCount)
        let seed = Fields.hashSeed
        let connection = Selector.connectionHash(modulus: count, seed: seed)
        let client = Selector.sourceHash(modulus: count, seed: seed)
        return [
            // A fragment without the first part of its packet has no ports.
            Rule(
                .isOfFamily, .isFragment, .setMark(Self.place, map: split.name), forward(client)),
            Rule(
                .isOfFamily, .isFragment,
                .inSet(Self.place, isNegated: false, set: unsplit.name), .verdict(.drop)),
            Rule(
                .isOfFamily, .setMark(Fields.frontend, map: services(.connection).name),
                forward(connection)),
            Rule(
                .isOfFamily, .setMark(Fields.frontend, map: services(.client).name),
                forward(client)),
        ]
            + errorTypes.flatMap { type in
                [
                    error(
                        type, quotes(.connection),
                        .quotedConnectionHash(modulus: count, seed: seed)),
                    error(type, quotes(.client), .quotedClientHash(modulus: count, seed: seed)),
                ]
            }
    }

    /// Destination unreachable, which for IPv4 says "too big" as well; IPv6 has a type for that
    /// (RFC 792, RFC 4443).
    private var errorTypes: [UInt8] { family == .v4 ? [3] : [1, 2] }

    private func error(_ type: UInt8, _ map: SetDeclaration, _ hash: Selector) -> Rule {
        var statements: [Statement] = [.isOfFamily, .hasICMPType(type)]
        if family == .v4 { statements.append(.quotesPlainHeader) }
        statements.append(.setMark(Self.quoted, map: map.name))
        statements.append(forward(hash))
        return Rule(statements: statements)
    }

    private func forward(_ hash: Selector) -> Statement {
        .forward([.mark, hash], map: Self.nodes)
    }
}

package import Ruleset

/// The bounds within which a frontend takes new connections.
package struct Protection: Hashable, Sendable {
    /// The most that connections may be bounded to.
    ///
    /// The kernel looks through those it has counted, at every tick in which one begins.
    package static let highestConnectionLimit = 1_000_000

    /// How fast one client may connect; nil: as fast as it likes.
    package var clientRate: PacketRate?
    /// How many connections there may be at once; nil: as many as there are.
    package var connectionLimit: Int?

    /// No bounds, or these.
    package init(clientRate: PacketRate? = nil, connectionLimit: Int? = nil) {
        self.clientRate = clientRate
        self.connectionLimit = connectionLimit
    }

    /// Whether anything is bounded.
    package var isNone: Bool { clientRate == nil && connectionLimit == nil }
}

/// Why a balancer drops a packet that is meant for one of its frontends.
package enum RefusalReason: String, Hashable, Sendable, CaseIterable {
    /// Its source is not among the allowed ones.
    case sourceRanges = "source-ranges"
    /// Its client connects too fast.
    case clientRate = "client-rate"
    /// There are too many connections.
    case connectionLimit = "connection-limit"
    /// Its source is on the blocklist.
    case blocklist
}

/// A chain of new connections within the same bounds, and the sets that keep account of them.
///
/// Frontends with equal bounds share it: what is counted is counted for each of them. The sets are
/// the chain's own, since what is in them keeps the bound under which it was first met.
struct GuardChain: Hashable, Comparable {
    /// How many clients, and how many frontends, a set keeps account of; further ones are not
    /// bounded.
    static let accounts = 65_536
    /// A bucket is forgotten so long after its client's last attempt, or when it is full again.
    static let leastMemorySeconds = 60

    let protection: Protection
    /// True if only allowed sources are counted; others are refused behind this.
    let isRestricted: Bool

    /// The chain's name, such as `guard_10_second_burst_20_limit_100`.
    var name: String {
        var name = "guard"
        if let rate = protection.clientRate {
            name += "_\(rate.count)_\(rate.unit.name)_burst_\(rate.burst)"
        }
        if let limit = protection.connectionLimit { name += "_limit_\(limit)" }
        return isRestricted ? name + "_restricted" : name
    }

    /// The sets that the chain's rules fill.
    var sets: [SetDeclaration] {
        var sets: [SetDeclaration] = []
        if let rate = protection.clientRate {
            sets.append(
                SetDeclaration(
                    clients, key: Fields.client,
                    filling: .byPackets(timeoutSeconds: Self.memorySeconds(rate)),
                    size: Self.accounts, comment: "client . frontend: how fast it connects"))
        }
        if protection.connectionLimit != nil {
            sets.append(
                SetDeclaration(
                    connections, key: Fields.frontend, filling: .byPackets(timeoutSeconds: nil),
                    size: Self.accounts, comment: "frontend: how many connections it has"))
        }
        return sets
    }

    /// The chain as it stands in the table.
    ///
    /// The rate comes first: who is too fast fills no place that others could have.
    var chain: Chain {
        var rules: [Rule] = []
        if isRestricted {
            rules.append(
                Rule(
                    .inSet(
                        Fields.frontend + [.sourceAddress], isNegated: true,
                        set: SetNames.allowedSources),
                    .verdict(.return)))
        }
        if let rate = protection.clientRate {
            rules.append(
                Rule(
                    .isOverRate(
                        rate, set: clients, key: Fields.client,
                        timeoutSeconds: Self.memorySeconds(rate)),
                    .verdict(.goto(BaseChains.overRate))))
        }
        if let limit = protection.connectionLimit {
            rules.append(
                Rule(
                    .isOverCount(limit, set: connections, key: Fields.frontend),
                    .verdict(.goto(BaseChains.overLimit))))
        }
        return Chain(name, comment: "one such chain for each bound in use", rules: rules)
    }

    private var clients: String { "clients_of_" + name }
    private var connections: String { "connections_of_" + name }

    private static func memorySeconds(_ rate: PacketRate) -> Int {
        max(leastMemorySeconds, rate.secondsToFill)
    }

    static func < (left: GuardChain, right: GuardChain) -> Bool { left.name < right.name }
}

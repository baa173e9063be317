import Addressing
import Ruleset

/// The chains that frontends share: one for each way of choosing, none for a Service.
enum SharedChain: Hashable, Comparable {
    /// Picks one of these slots by chance.
    case random(SlotRange)
    /// Takes the backend that the client has, else picks one of these slots.
    case stickyRandom(SlotRange)
    /// Lets allowed sources pass to `random`.
    case restrictedRandom(SlotRange)
    /// Lets allowed sources pass to `stickyRandom`.
    case restrictedStickyRandom(SlotRange)
    /// Picks one of so many slots by the client's address.
    case hash(Int)
    /// Lets allowed sources pass to `hash`.
    case restrictedHash(Int)
    /// Learns or renews a client's choice for so many seconds.
    case remember(Int)
    /// Drops new connections that exceed bounds.
    case guarding(GuardChain)

    /// The chains that a host of such a role has from the beginning, used or not.
    ///
    /// A new chain that looks into `endpoints` has the kernel walk the whole map, data though it
    /// holds: 0.2 s with a million elements (Linux 6.18, `nf_tables_bind_set`), in the midst of
    /// a change that a Service of another number of endpoints makes. While the map is empty it
    /// costs nothing. A balancer has few frontends.
    static func lasting(on role: ForwardingLayout.Role) -> [SharedChain] {
        guard role == .node else { return [] }
        return (1...ForwardingLimits.preparedSlotCount).map { .random(SlotRange(count: $0)) }
    }

    /// How a frontend chooses among these slots.
    static func choosing(among slots: SlotRange, for entry: ForwardingEntry) -> SharedChain {
        if entry.choosesBySource, entry.affinitySeconds == nil {
            return entry.allowedSources.isEmpty ? .hash(slots.count) : .restrictedHash(slots.count)
        }
        return switch (entry.affinitySeconds != nil, !entry.allowedSources.isEmpty) {
        case (false, false): .random(slots)
        case (true, false): .stickyRandom(slots)
        case (false, true): .restrictedRandom(slots)
        case (true, true): .restrictedStickyRandom(slots)
        }
    }

    /// The chain's name in the table.
    var name: String {
        switch self {
        case .random(let slots): "random_\(slots)"
        case .stickyRandom(let slots): "sticky_random_\(slots)"
        case .restrictedRandom(let slots): "restricted_random_\(slots)"
        case .restrictedStickyRandom(let slots): "restricted_sticky_random_\(slots)"
        case .hash(let count): "hash_\(count)"
        case .restrictedHash(let count): "restricted_hash_\(count)"
        case .remember(let seconds): "remember_\(seconds)s"
        case .guarding(let guardChain): guardChain.name
        }
    }

    /// The chain that this one ends in, if it does.
    var next: SharedChain? {
        switch self {
        case .random, .hash, .remember, .guarding: nil
        case .restrictedHash(let count): .hash(count)
        case .stickyRandom(let slots), .restrictedRandom(let slots): .random(slots)
        case .restrictedStickyRandom(let slots): .stickyRandom(slots)
        }
    }

    /// This chain and all that it leads to.
    var withSuccessors: [SharedChain] { [self] + (next?.withSuccessors ?? []) }

    /// The sets that are the chain's own.
    var sets: [SetDeclaration] {
        if case .guarding(let guardChain) = self { guardChain.sets } else { [] }
    }

    /// The chain as it stands in the table of such a host.
    func chain(on role: ForwardingLayout.Role) -> Chain {
        switch self {
        case .guarding(let guardChain): return guardChain.chain
        case .random(let slots):
            let slot = Selector.random(
                modulus: UInt32(slots.count), offset: UInt32(slots.first))
            return Chain(
                name, comment: "one such chain for each endpoint count in use",
                rules: [
                    Rule(.translateDestination(Fields.frontend + [slot], map: SetNames.endpoints))
                ])
        case .hash(let count):
            let hash = Selector.sourceHash(modulus: UInt32(count), seed: Fields.hashSeed)
            return Chain(
                name, comment: "a client stays with its slot",
                rules: [
                    Rule(.translateDestination(Fields.frontend + [hash], map: SetNames.endpoints))
                ])
        case .stickyRandom(let slots):
            return Chain(
                name, comment: "with ClientIP affinity",
                rules: [
                    Rule(.translateDestination(Fields.client, map: SetNames.affinity)),
                    Rule(.verdict(.goto(SharedChain.random(slots).name))),
                ])
        case .restrictedRandom, .restrictedStickyRandom, .restrictedHash:
            return Chain(
                name, comment: "with loadBalancerSourceRanges",
                rules: [
                    Rule(
                        .inSet(
                            Fields.frontend + [.sourceAddress], isNegated: true,
                            set: SetNames.allowedSources),
                        .verdict(role == .node ? .drop : .goto(BaseChains.strangers))),
                    Rule(.verdict(.goto(next?.name ?? ""))),
                ])
        case .remember(let seconds):
            return Chain(
                name, comment: "learn or renew; one such chain for each affinity timeout",
                rules: [
                    Rule(
                        .isProtocol([.tcp, .udp, .sctp]),
                        .update(
                            set: SetNames.affinity,
                            key: [.sourceAddress] + Fields.originalFrontend,
                            timeoutSeconds: seconds,
                            value: [.destinationAddress, .destinationPort]))
                ])
        }
    }
}

/// The fields that rules look up, in the order of the keys.
enum Fields {
    static let frontend: [Selector] = [.destinationAddress, .transportProtocol, .destinationPort]
    static let originalFrontend: [Selector] = [
        .originalDestinationAddress, .transportProtocol, .originalDestinationPort,
    ]
    /// The same on every balancer, so that they agree where a client goes.
    static let hashSeed: UInt32 = 0x736c_7569
    static let client: [Selector] = [.sourceAddress] + frontend
    static let backend: [Selector] = [.destinationAddress, .destinationPort]
}

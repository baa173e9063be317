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
    /// Takes the endpoint that the client has of the whole Service, else picks one of these slots.
    case stickyService(SlotRange)
    /// The same if that endpoint is on this host.
    case stickyLocalService(SlotRange)
    /// Lets allowed sources pass to `stickyService`.
    case restrictedStickyService(SlotRange)
    /// Lets allowed sources pass to `stickyLocalService`.
    case restrictedStickyLocalService(SlotRange)
    /// Picks one of so many slots by the client's address.
    case hash(Int)
    /// Lets allowed sources pass to `hash`.
    case restrictedHash(Int)
    /// Learns or renews a client's choice for so many seconds.
    case remember(Int)
    /// Learns or renews a client's endpoint of the whole Service for so many seconds.
    case rememberService(Int)
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

    /// How a frontend chooses for clients that no policy keeps to this host.
    static func forAll(of entry: ForwardingEntry) -> SharedChain {
        choosing(among: entry.slotsForAll, for: entry, isLocal: false)
    }

    /// How a frontend chooses for clients from outside, under policy Local.
    static func forOutside(of entry: ForwardingEntry) -> SharedChain {
        choosing(among: entry.localSlots, for: entry, isLocal: true)
    }

    private static func choosing(
        among slots: SlotRange, for entry: ForwardingEntry, isLocal: Bool
    ) -> SharedChain {
        let isRestricted = !entry.allowedSources.isEmpty
        guard entry.affinitySeconds != nil else {
            if entry.choosesBySource {
                return isRestricted ? .restrictedHash(slots.count) : .hash(slots.count)
            }
            return isRestricted ? .restrictedRandom(slots) : .random(slots)
        }
        guard entry.affinityService != nil else {
            return isRestricted ? .restrictedStickyRandom(slots) : .stickyRandom(slots)
        }
        return switch (isLocal, isRestricted) {
        case (false, false): .stickyService(slots)
        case (true, false): .stickyLocalService(slots)
        case (false, true): .restrictedStickyService(slots)
        case (true, true): .restrictedStickyLocalService(slots)
        }
    }

    /// How a frontend remembers its clients; nil if it does not.
    static func remembering(_ entry: ForwardingEntry) -> SharedChain? {
        entry.affinitySeconds.map {
            entry.affinityService == nil ? .remember($0) : .rememberService($0)
        }
    }

    /// The chain's name in the table.
    var name: String {
        switch self {
        case .random(let slots): "random_\(slots)"
        case .stickyRandom(let slots): "sticky_random_\(slots)"
        case .restrictedRandom(let slots): "restricted_random_\(slots)"
        case .restrictedStickyRandom(let slots): "restricted_sticky_random_\(slots)"
        case .stickyService(let slots): "sticky_service_random_\(slots)"
        case .stickyLocalService(let slots): "sticky_local_service_random_\(slots)"
        case .restrictedStickyService, .restrictedStickyLocalService:
            "restricted_" + (next?.name ?? "")
        case .hash(let count): "hash_\(count)"
        case .restrictedHash(let count): "restricted_hash_\(count)"
        case .remember(let seconds): "remember_\(seconds)s"
        case .rememberService(let seconds): "remember_service_\(seconds)s"
        case .guarding(let guardChain): guardChain.name
        }
    }

    /// The chain that this one ends in, if it does.
    var next: SharedChain? {
        switch self {
        case .random, .hash, .remember, .rememberService, .guarding: nil
        case .restrictedHash(let count): .hash(count)
        case .stickyRandom(let slots), .restrictedRandom(let slots), .stickyService(let slots),
            .stickyLocalService(let slots):
            .random(slots)
        case .restrictedStickyService(let slots): .stickyService(slots)
        case .restrictedStickyLocalService(let slots): .stickyLocalService(slots)
        case .restrictedStickyRandom(let slots): .stickyRandom(slots)
        }
    }

    /// This chain and all that it leads to.
    var withSuccessors: [SharedChain] { [self] + (next?.withSuccessors ?? []) }

    /// The sets that are the chain's own.
    var sets: [SetDeclaration] {
        if case .guarding(let guardChain) = self { guardChain.sets } else { [] }
    }
}

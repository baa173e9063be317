import Addressing
import Forwarding
import Ruleset

/// Finds clients that the kernel remembers for a whole Service with an endpoint that the Service,
/// or one of its frontends, has lost.
///
/// Such a client would be sent anywhere, each time anew, because what is remembered of it serves
/// for nothing but is renewed all the same.
struct ServiceAffinitySweep {
    /// What a Service's clients may be remembered for; Services by the addresses that stand for
    /// them.
    private typealias Endpoints = [IPAddress: Set<IPAddress>]

    /// What the values of the kernel's map are made of.
    private static let valueFields: [Selector] = [.destinationAddress]

    /// Endpoints that a frontend of a Service lost and did not get back.
    private var lost: Endpoints = [:]
    /// The Services that lost endpoints since the last round ended.
    private var changedLately: Set<IPAddress> = []
    /// All that Services have, if clients of others are to be looked for as well.
    private var present: Endpoints?

    /// Nothing has changed yet.
    init() {}

    /// Looks through the clients of all Services: a predecessor may have known others.
    init(all entries: some Sequence<ForwardingEntry>) {
        present = Self.endpoints(of: entries)
    }

    /// Whether there is anything to look for.
    var isEmpty: Bool { lost.isEmpty && present == nil }

    /// Whether a map is one in which the kernel remembers clients of whole Services.
    static func isAbout(_ declaration: SetDeclaration) -> Bool {
        declaration.value == .data(valueFields)
    }

    /// Whether there is anything to look for in the map of a family.
    func looks(into family: TableFamily) -> Bool {
        present != nil || lost.keys.contains { TableFamily($0.family) == family }
    }

    /// Notes what Services lost and got.
    ///
    /// A frontend that is there before and after counts by itself, as policy Local may have come
    /// upon it; one that goes, or goes to another Service, takes nothing from the others.
    mutating func note(from old: [ForwardingEntry], to new: [ForwardingEntry]) {
        let before = Self.endpoints(of: old)
        let after = Self.endpoints(of: new)
        guard !before.isEmpty || !after.isEmpty else { return }
        let next = Dictionary(
            new.map { ($0.frontend, $0) }, uniquingKeysWith: { first, _ in first })
        var moves: [IPAddress: (goes: Set<IPAddress>, comes: Set<IPAddress>)] = [:]
        for service in Set(before.keys).union(after.keys) {
            let (all, left) = (before[service] ?? [], after[service] ?? [])
            moves[service] = (all.subtracting(left), left.subtracting(all))
        }
        for entry in old {
            guard let service = entry.affinityService, let successor = next[entry.frontend],
                successor.affinityService == service
            else { continue }
            let (had, has) = (entry.addressesToKeep, successor.addressesToKeep)
            moves[service]?.goes.formUnion(had.subtracting(has))
            moves[service]?.comes.formUnion(has.subtracting(had))
        }
        for (service, move) in moves {
            present?[service] = after[service]
            let missing = (lost[service] ?? []).subtracting(move.comes).union(move.goes)
            lost[service] = missing.isEmpty ? nil : missing
            if !move.goes.isEmpty { changedLately.insert(service) }
        }
    }

    /// Forgets what had not changed any more since the last round: it has been looked for again.
    mutating func endRound() {
        lost = lost.filter { changedLately.contains($0.key) }
        changedLately = []
        present = nil
    }

    /// Whether a learned element leads to an endpoint that its Service has lost.
    func isStale(_ element: Element, of set: SetDeclaration, _ family: TableFamily) -> Bool {
        guard case .data(let data) = element.value,
            case .address(let endpoint)? = FieldReader.fields(
                of: data, as: Self.valueFields, family: family
            ).first,
            case .address(let service)? = FieldReader.fields(
                of: element.key, as: set.key, family: family
            ).last
        else { return false }
        if lost[service]?.contains(endpoint) == true { return true }
        return present.map { $0[service]?.contains(endpoint) != true } ?? false
    }

    private static func endpoints(of entries: some Sequence<ForwardingEntry>) -> Endpoints {
        var endpoints: Endpoints = [:]
        for entry in entries {
            guard let service = entry.affinityService else { continue }
            endpoints[service, default: []].formUnion(entry.addressesToKeep)
        }
        return endpoints
    }
}

extension ForwardingEntry {
    /// The addresses of endpoints that clients of its Service may keep at this frontend.
    fileprivate var addressesToKeep: Set<IPAddress> {
        affinitySeconds == nil ? [] : Set(backendsToKeep.map(\.address))
    }
}

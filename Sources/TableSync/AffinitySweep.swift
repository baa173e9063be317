import Addressing
import Forwarding
import Netfilter
import Ruleset

/// Finds clients that the kernel's affinity map keeps with a backend that their frontend lost.
///
/// Such a client would stay pinned for ever, because each of its connections renews the element.
struct AffinitySweep {
    /// What each changed frontend has now; a frontend that is gone has nothing.
    private(set) var allowed: [Frontend: Set<SocketEndpoint>] = [:]
    /// What pods of this node may have beside that, where policy Local binds nobody but clients from
    /// outside.
    private var allowedForPods: [Frontend: Set<SocketEndpoint>] = [:]
    /// Where pods of this node have their addresses from.
    private var pods: [CIDRBlock] = []
    /// The frontends that changed since the last round ended.
    private var changedLately: Set<Frontend> = []
    /// True if frontends that are not in `allowed` have nothing either.
    private var coversAll = false
    /// The same for clients that are remembered for whole Services.
    private var services = ServiceAffinitySweep()

    /// Nothing has changed yet.
    init() {}

    /// Looks through the clients of all frontends: a predecessor may have known others, or the same
    /// under another policy.
    init(all entries: some Sequence<ForwardingEntry>, pods: [CIDRBlock] = []) {
        self.pods = pods
        for entry in entries where entry.hasOwnAffinity {
            allowed[entry.frontend] = entry.backendsToKeep
            if entry.isLocalForOutside { allowedForPods[entry.frontend] = Set(entry.backends) }
        }
        coversAll = true
        services = ServiceAffinitySweep(all: entries)
    }

    /// Whether there is anything to look for.
    var isEmpty: Bool { allowed.isEmpty && !coversAll && services.isEmpty }

    /// Notes the sticky frontends that lost a backend, or narrowed who may have which.
    ///
    /// A frontend that is not sticky any more has lost all. What is noted already is kept up to
    /// date, since a frontend may get backends again.
    mutating func note(from old: [ForwardingEntry], to new: [ForwardingEntry]) {
        var left: [Frontend: Set<SocketEndpoint>] = [:]
        for entry in old where mayHaveClients(entry) { left[entry.frontend] = [] }
        let present = Dictionary(
            new.map { ($0.frontend, $0) }, uniquingKeysWith: { first, _ in first })
        for entry in old where entry.hasOwnAffinity {
            let kept = present[entry.frontend]?.backendsToRemember ?? []
            if !kept.isSuperset(of: entry.backendsToRemember) { left[entry.frontend] = kept }
        }
        for entry in new where mayHaveClients(entry) || left[entry.frontend] != nil {
            left[entry.frontend] = entry.backendsToRemember
        }
        services.note(from: old, to: new)
        allowed.merge(left) { $1 }
        for frontend in left.keys { allowedForPods[frontend] = nil }
        changedLately.formUnion(left.keys)
    }

    /// Whether clients are to be looked for; one without affinity has none unless it is noted.
    private func mayHaveClients(_ entry: ForwardingEntry) -> Bool {
        allowed[entry.frontend] != nil || coversAll && entry.hasOwnAffinity
    }

    /// Forgets what had not changed any more since the last round: it has been looked for again.
    mutating func endRound() {
        allowed = allowed.filter { changedLately.contains($0.key) }
        changedLately = []
        allowedForPods = [:]
        coversAll = false
        services.endRound()
    }

    /// Whether any of a map's elements may be stale; to list one takes long if it is full.
    func looks(into declaration: SetDeclaration, _ family: TableFamily) -> Bool {
        if ServiceAffinitySweep.isAbout(declaration) { return services.looks(into: family) }
        return coversAll || allowed.keys.contains { TableFamily($0.address.family) == family }
    }

    /// The learned elements that lead to a backend which their frontend does not have.
    func stale(
        among elements: [Element], of declaration: SetDeclaration, family: TableFamily
    ) -> [Element] {
        guard case .data(let valueFields) = declaration.value else { return [] }
        if ServiceAffinitySweep.isAbout(declaration) {
            return elements.filter { services.isStale($0, of: declaration, family) }
        }
        return elements.filter { element in
            guard let frontend = Frontend(clientKey: element.key, family: family),
                let left = allowed[frontend] ?? (coversAll ? [] : nil),
                case .data(let data) = element.value,
                let backend = SocketEndpoint(data, as: valueFields, family: family)
            else { return false }
            guard !left.contains(backend) else { return false }
            return allowedForPods[frontend]?.contains(backend) != true
                || !isOfPod(element, declaration, family)
        }
    }

    private func isOfPod(
        _ element: Element, _ declaration: SetDeclaration, _ family: TableFamily
    ) -> Bool {
        let key = FieldReader.fields(of: element.key, as: declaration.key, family: family)
        guard case .address(let client)? = key.first else { return false }
        return pods.contains { $0.contains(client) }
    }
}

extension ForwardingEntry {
    /// The backends that clients of this frontend alone may be remembered for.
    fileprivate var backendsToRemember: Set<SocketEndpoint> {
        hasOwnAffinity ? backendsToKeep : []
    }
}

extension SocketEndpoint {
    /// The endpoint in a value of one of our maps, if that is what it holds.
    init?(_ data: ElementData, as fields: [Selector], family: TableFamily) {
        self.init(FieldReader.fields(of: data, as: fields, family: family))
    }
}

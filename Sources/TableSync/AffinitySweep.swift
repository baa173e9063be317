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
    /// The frontends that changed since the last round ended.
    private var changedLately: Set<Frontend> = []
    /// True if frontends that are not in `allowed` have nothing either.
    private var coversAll = false

    /// Nothing has changed yet.
    init() {}

    /// Looks through the clients of all frontends: a predecessor may have known others.
    init(all entries: some Sequence<ForwardingEntry>) {
        for entry in entries where entry.affinitySeconds != nil {
            allowed[entry.frontend] = Set(entry.backends)
        }
        coversAll = true
    }

    /// Whether there is anything to look for.
    var isEmpty: Bool { allowed.isEmpty && !coversAll }

    /// Notes the sticky frontends that lost a backend, or narrowed who may have which.
    ///
    /// What is noted already is kept up to date, since a frontend may get backends again.
    mutating func note(from old: [ForwardingEntry], to new: [ForwardingEntry]) {
        var left: [Frontend: Set<SocketEndpoint>] = [:]
        for entry in old where mayHaveClients(entry) { left[entry.frontend] = [] }
        let present = Dictionary(
            new.map { ($0.frontend, $0) }, uniquingKeysWith: { first, _ in first })
        for entry in old where entry.affinitySeconds != nil {
            let next = present[entry.frontend]
            let kept = next?.reachableForAll ?? []
            if !kept.isSuperset(of: entry.reachableForAll) || next?.affinitySeconds == nil {
                left[entry.frontend] = kept
            }
        }
        for entry in new where mayHaveClients(entry) || left[entry.frontend] != nil {
            left[entry.frontend] = entry.reachableForAll
        }
        allowed.merge(left) { $1 }
        changedLately.formUnion(left.keys)
    }

    /// Whether clients are to be looked for; one without affinity has none unless it is noted.
    private func mayHaveClients(_ entry: ForwardingEntry) -> Bool {
        allowed[entry.frontend] != nil || coversAll && entry.affinitySeconds != nil
    }

    /// Forgets what had not changed any more since the last round: it has been looked for again.
    mutating func endRound() {
        allowed = allowed.filter { changedLately.contains($0.key) }
        changedLately = []
        coversAll = false
    }

    /// The learned elements that lead to a backend which their frontend does not have.
    func stale(
        among elements: [Element], of declaration: SetDeclaration, family: TableFamily
    ) -> [Element] {
        guard case .data(let valueFields) = declaration.value else { return [] }
        return elements.filter { element in
            guard let frontend = Frontend(clientKey: element.key, family: family),
                let left = allowed[frontend] ?? (coversAll ? [] : nil),
                case .data(let data) = element.value,
                let backend = SocketEndpoint(data, as: valueFields, family: family)
            else { return false }
            return !left.contains(backend)
        }
    }
}

extension ForwardingEntry {
    /// The backends that any client may keep: under policy Local only those of this host.
    fileprivate var reachableForAll: Set<SocketEndpoint> {
        Set(isLocalForOutside ? backends.prefix(localCount) : backends[...])
    }
}

extension SocketEndpoint {
    /// The endpoint in a value of one of our maps, if that is what it holds.
    init?(_ data: ElementData, as fields: [Selector], family: TableFamily) {
        let values = FieldReader.fields(of: data, as: fields, family: family)
        guard values.count == 2, case .address(let address) = values[0],
            case .port(let number) = values[1], let port = Port(Int(number))
        else { return nil }
        self.init(address: address, port: port)
    }
}

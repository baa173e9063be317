import Addressing
import Forwarding
import Netfilter
import Ruleset

/// Finds clients that the kernel's affinity map keeps with a backend that their frontend lost.
///
/// Such a client would stay pinned for ever, because each of its connections renews the element.
struct AffinitySweep {
    /// What each changed frontend has left; a frontend that is gone has nothing.
    private(set) var allowed: [Frontend: Set<SocketEndpoint>] = [:]

    /// Whether there is anything to look for.
    var isEmpty: Bool { allowed.isEmpty }

    /// Notes the sticky frontends that lost a backend, or narrowed who may have which.
    mutating func note(from old: [ForwardingEntry], to new: [ForwardingEntry]) {
        let present = Dictionary(
            new.map { ($0.frontend, $0) }, uniquingKeysWith: { first, _ in first })
        for entry in old where entry.affinitySeconds != nil {
            let next = present[entry.frontend]
            let left = Set(next?.reachableForAll ?? [])
            if !left.isSuperset(of: entry.reachableForAll) || next?.affinitySeconds == nil {
                allowed[entry.frontend] = left
            }
        }
    }

    /// The learned elements that lead to a backend which their frontend does not have.
    func stale(
        among elements: [Element], of declaration: SetDeclaration, family: TableFamily
    ) -> [Element] {
        guard case .data(let valueFields) = declaration.value else { return [] }
        return elements.filter { element in
            guard let frontend = Frontend(clientKey: element.key, family: family),
                let left = allowed[frontend], case .data(let data) = element.value,
                let backend = SocketEndpoint(data, as: valueFields, family: family)
            else { return false }
            return !left.contains(backend)
        }
    }
}

extension ForwardingEntry {
    /// The backends that any client may keep: under policy Local only those of this host.
    fileprivate var reachableForAll: ArraySlice<SocketEndpoint> {
        isLocalForOutside ? backends.prefix(localCount) : backends[...]
    }
}

extension SocketEndpoint {
    fileprivate init?(_ data: ElementData, as fields: [Selector], family: TableFamily) {
        let values = FieldReader.fields(of: data, as: fields, family: family)
        guard values.count == 2, case .address(let address) = values[0],
            case .port(let number) = values[1], let port = Port(Int(number))
        else { return nil }
        self.init(address: address, port: port)
    }
}

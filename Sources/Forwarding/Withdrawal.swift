package import Addressing
package import ServiceModel

/// The first step of a change that takes backends away: no new connection reaches them, and
/// nothing that the kernel would validate as a whole changes.
///
/// A frontend with fewer backends has another verdict, and a change of the map of verdicts costs
/// the kernel time that grows with all Services. So the slots of the backends that go are given
/// to others at first, which changes data only; the exact shares follow in a second transaction.
extension ForwardingEntry {
    /// This entry with as many slots as before, those of backends that `next` does not have given
    /// to backends that it has; nil if none goes, if `next` is such a change by itself, or if no
    /// backend may take the place of one.
    package func withdrawing(for next: ForwardingEntry) -> ForwardingEntry? {
        guard next.backends.count != backends.count || next.localCount != localCount,
            !next.backends.isEmpty
        else { return nil }
        let going = slots(ofBackendsNotIn: next.backends)
        guard !going.isEmpty else { return nil }
        let local = next.backends.prefix(next.localCount)
        let remote = next.backends.dropFirst(next.localCount)
        var entry = self
        entry.conversing = next.conversing
        for slot in going {
            let isLocal = slot < localCount
            // Who has the slot for good then is left alone by the second transaction.
            if (isLocal ? local : remote).indices.contains(slot) {
                entry.backends[slot] = next.backends[slot]
                continue
            }
            // Clients from outside may be promised local backends only.
            if isLocal, isLocalForOutside, local.isEmpty { return nil }
            let preferred = isLocal ? local : remote
            let candidates =
                preferred.isEmpty ? next.backends.dropFirst(next.outsideOnlyCount) : preferred
            guard !candidates.isEmpty else { return nil }
            // Spread, so that none gets all of what a dead node's backends had.
            entry.backends[slot] = candidates[candidates.startIndex + slot % candidates.count]
        }
        return entry
    }

    /// The slots whose backends are not among those of another entry.
    ///
    /// Of many slots most have the same backend in both, and need no search.
    package func slots(ofBackendsNotIn others: [SocketEndpoint]) -> [Int] {
        let moved = slots(differingFrom: others)
        if moved.count <= Self.searchedOneByOne {
            return moved.filter { !others.contains(backends[$0]) }
        }
        let others = Set(others)
        return moved.filter { !others.contains(backends[$0]) }
    }

    /// The slots in which another list of backends has another one, or none.
    func slots(differingFrom others: [SocketEndpoint]) -> [Int] {
        backends.indices.filter { !others.indices.contains($0) || others[$0] != backends[$0] }
    }

    /// Up to so many backends are sooner looked for in a list than it is made a set.
    private static let searchedOneByOne = 8
}

extension ForwardingTable {
    /// What a Service is to be given before these entries, so that no backend which is not among
    /// them gets a new connection; nil if the entries can be written at once.
    package func withdrawal(
        of service: ServiceIdentity, for entries: [ForwardingEntry]
    ) -> [ForwardingEntry]? {
        let request = request(of: service)
        // A change of a node brings all Services, most of them as they were.
        guard request != entries else { return nil }
        let next = Dictionary(entries.map { ($0.frontend, $0) }) { first, _ in first }
        var isAnyGoing = false
        let first = request.map { entry in
            guard let withdrawn = next[entry.frontend].flatMap(entry.withdrawing) else {
                return entry
            }
            isAnyGoing = true
            return withdrawn
        }
        return isAnyGoing ? first : nil
    }
}

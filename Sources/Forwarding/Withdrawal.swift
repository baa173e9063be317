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
        let staying = Set(next.backends)
        guard next.backends.count != backends.count || next.localCount != localCount,
            !staying.isEmpty, !staying.isSuperset(of: backends)
        else { return nil }
        let local = next.backends.prefix(next.localCount)
        let remote = next.backends.dropFirst(next.localCount)
        var entry = self
        for (slot, backend) in backends.enumerated() where !staying.contains(backend) {
            let isLocal = slot < localCount
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
        let first = request.map { entry in
            next[entry.frontend].flatMap(entry.withdrawing) ?? entry
        }
        return first == request ? nil : first
    }
}

import Addressing

/// What entries put into the tables, and take out again.
extension ForwardingTable {
    /// Swaps what entries put into the tables; an entry on both sides costs nothing.
    mutating func swap(
        _ old: [ForwardingEntry], for new: [ForwardingEntry], _ result: inout Replacement
    ) {
        let oldByFrontend = Dictionary(old.map { ($0.frontend, $0) }) { first, _ in first }
        let newByFrontend = Dictionary(new.map { ($0.frontend, $0) }) { first, _ in first }
        var going = old.filter { newByFrontend[$0.frontend] != $0 }
        var coming = new.filter { oldByFrontend[$0.frontend] != $0 }
        if going.contains(where: { $0.directReturn != nil })
            || coming.contains(where: { $0.directReturn != nil })
        {
            if result.directBefore == nil { result.directBefore = direct }
            direct.replace(going, with: coming)
        }
        // A node's death brings many of these at once.
        func hasOtherTargetsAlone(_ entry: ForwardingEntry) -> Bool {
            guard let old = oldByFrontend[entry.frontend], let new = newByFrontend[entry.frontend]
            else { return false }
            return new.hasOtherTargetsAlone(than: old)
        }
        for entry in coming where hasOtherTargetsAlone(entry) {
            moveSlots(of: oldByFrontend[entry.frontend] ?? entry, to: entry, &result)
        }
        going.removeAll(where: hasOtherTargetsAlone)
        coming.removeAll(where: hasOtherTargetsAlone)
        // New uses are counted before old ones are released, so that nothing shared flickers.
        for entry in coming { use(entry, &result) }
        for entry in going { release(entry, &result) }
        guard result.delta != nil else { return }
        for entry in going {
            let table = layout.table(entry.family)
            let others = newByFrontend[entry.frontend]?.backends ?? []
            for placed in elements(of: entry, apartFrom: others) {
                result.delta?.remove(placed, from: table)
            }
        }
        for entry in coming {
            let table = layout.table(entry.family)
            let others = oldByFrontend[entry.frontend]?.backends ?? []
            for placed in elements(of: entry, apartFrom: others) {
                result.delta?.add(placed, to: table)
            }
        }
    }

    /// Exchanges the backends of some slots, which is all that there is to it.
    private func moveSlots(
        of old: ForwardingEntry, to new: ForwardingEntry, _ result: inout Replacement
    ) {
        guard result.delta != nil else { return }
        let table = layout.table(new.family)
        let before = FrontendElements(entry: old, layout: layout)
        let after = FrontendElements(entry: new, layout: layout)
        for slot in new.slots(differingFrom: old.backends) {
            result.delta?.remove(before.slot(slot), from: table)
            result.delta?.add(after.slot(slot), to: table)
        }
    }

    /// The entry's own elements without the slots that it has in common with other backends.
    private func elements(
        of entry: ForwardingEntry, apartFrom others: [SocketEndpoint]
    ) -> [PlacedElement] {
        let parts = FrontendElements(entry: entry, layout: layout)
        return parts.apartFromSlots + entry.slots(differingFrom: others).map(parts.slot)
    }

    /// Counts the entry among the users of what frontends share.
    private mutating func use(_ entry: ForwardingEntry, _ result: inout Replacement) {
        let table = layout.table(entry.family)
        let parts = FrontendElements(entry: entry, layout: layout)
        // A chain comes after those that it leads to.
        for chain in parts.chains.reversed() where uses.use(chain, in: table) {
            result.newChains.append((table, chain))
        }
        for placed in parts.shared where uses.use(placed, in: table) {
            result.delta?.add(placed, to: table)
        }
    }

    /// Takes the entry from the users of what frontends share.
    private mutating func release(_ entry: ForwardingEntry, _ result: inout Replacement) {
        let table = layout.table(entry.family)
        let parts = FrontendElements(entry: entry, layout: layout)
        for chain in parts.chains { uses.release(chain, in: table) }
        for placed in parts.shared {
            guard let last = uses.release(placed, in: table) else { continue }
            result.delta?.remove(last, from: table)
        }
    }
}

import Addressing

/// What entries put into the tables, and take out again.
extension ForwardingTable {
    /// Swaps what entries put into the tables; an entry on both sides costs nothing.
    mutating func swap(
        _ old: [ForwardingEntry], for new: [ForwardingEntry], _ result: inout Replacement
    ) {
        let oldByFrontend = Dictionary(old.map { ($0.frontend, $0) }) { first, _ in first }
        let newByFrontend = Dictionary(new.map { ($0.frontend, $0) }) { first, _ in first }
        let going = old.filter { newByFrontend[$0.frontend] != $0 }
        let coming = new.filter { oldByFrontend[$0.frontend] != $0 }
        if going.contains(where: { $0.directReturn != nil })
            || coming.contains(where: { $0.directReturn != nil })
        {
            if result.directBefore == nil { result.directBefore = direct }
            direct.replace(going, with: coming)
        }
        // Frontends of which only slots change: a node's death brings many of these at once.
        let retargeted = Set(
            coming.filter { entry in
                oldByFrontend[entry.frontend].map(entry.hasOtherTargetsAlone) ?? false
            }.map(\.frontend))
        // New uses are counted before old ones are released, so that nothing shared flickers.
        for entry in coming where !retargeted.contains(entry.frontend) { use(entry, &result) }
        for entry in going where !retargeted.contains(entry.frontend) { release(entry, &result) }
        guard result.delta != nil else { return }
        for entry in going {
            let table = layout.table(entry.family)
            let others = newByFrontend[entry.frontend]?.backends ?? []
            let isSlotsAlone = retargeted.contains(entry.frontend)
            for placed in elements(of: entry, apartFrom: others, slotsAlone: isSlotsAlone) {
                result.delta?.remove(placed, from: table)
            }
        }
        for entry in coming {
            let table = layout.table(entry.family)
            let others = oldByFrontend[entry.frontend]?.backends ?? []
            let isSlotsAlone = retargeted.contains(entry.frontend)
            for placed in elements(of: entry, apartFrom: others, slotsAlone: isSlotsAlone) {
                result.delta?.add(placed, to: table)
            }
        }
    }

    /// The entry's own elements without the slots that it has in common with other backends; its
    /// other slots alone if nothing else changes.
    private func elements(
        of entry: ForwardingEntry, apartFrom others: [SocketEndpoint], slotsAlone: Bool
    ) -> [PlacedElement] {
        let parts = FrontendElements(entry: entry, layout: layout)
        return (slotsAlone ? [] : parts.apartFromSlots)
            + entry.slots(differingFrom: others).map(parts.slot)
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

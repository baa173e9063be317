package import Addressing
package import Ruleset

/// What should be in the kernel, a part at a time: all of it together may be large.
extension ForwardingTable {
    /// Everything that should be in the kernel.
    package var ruleset: Ruleset {
        Ruleset(IPFamily.allCases.map { wholeTable($0) } + deviceTables)
    }

    /// The tables at the device, if any frontend needs them.
    package var deviceTables: [Table] { direct.tables }

    /// One family's table with everything in it.
    package func wholeTable(_ family: IPFamily) -> Table {
        var table = frame(family)
        // Growing would for a while hold most elements twice.
        let slots = services.lazy.flatMap { entries(of: $0) }.filter { $0.family == family }
            .reduce(0) { $0 + $1.backends.count }
        table.sets[layout.sets.endpoints.name]?.elements.reserveCapacity(slots)
        forEachElement(family) { set, element in
            table.sets[set.name]?.elements[element.key] = element
        }
        return table
    }

    /// One family's table without the elements of its sets.
    package func frame(_ family: IPFamily) -> Table {
        var table = layout.emptyTable(family)
        for shared in uses.chains(in: table.id) {
            table.chains[shared.name] = shared.chain(on: layout.role)
            for set in shared.sets { table.sets[set.name] = ElementSet(set) }
        }
        return table
    }

    /// Calls with every element of one family's table, each once, without keeping them: those of
    /// the surroundings first.
    package func forEachElement<Failure>(
        _ family: IPFamily, _ body: (SetDeclaration, Element) throws(Failure) -> Void
    ) throws(Failure) {
        if layout.role == .node {
            for (set, elements) in surroundings.elements(family, sets: layout.sets) {
                for element in elements { try body(set, element) }
            }
        }
        for service in services {
            for entry in entries(of: service) where entry.family == family {
                for placed in FrontendElements(entry: entry, layout: layout).own {
                    try body(placed.set, placed.element)
                }
            }
        }
        for placed in uses.elements(in: layout.table(family)) {
            try body(placed.set, placed.element)
        }
    }
}

extension ForwardingLayout {
    /// What one frontend has in its family's table, with what it shares with others.
    package func elements(of entry: ForwardingEntry) -> [(set: SetDeclaration, element: Element)] {
        let parts = FrontendElements(entry: entry, layout: self)
        return (parts.own + parts.shared).map { ($0.set, $0.element) }
    }
}

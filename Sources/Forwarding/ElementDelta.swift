import Ruleset

/// Elements to take away and to put in, gathered over several frontends and both families.
struct ElementDelta {
    private struct Place: Hashable {
        let table: TableID
        let set: SetDeclaration

        static func == (left: Place, right: Place) -> Bool {
            left.set.name == right.set.name && left.table == right.table
        }

        /// A set's name is enough, and much less than its whole declaration.
        func hash(into hasher: inout Hasher) {
            hasher.combine(table.family)
            hasher.combine(set.name)
        }
    }

    /// What was there before all this and goes.
    private var removed: [Place: [ElementData: Element]] = [:]
    /// What is there after all this and was not before.
    private var added: [Place: [ElementData: Element]] = [:]

    /// Notes that an element goes, which was there before or has come meanwhile.
    mutating func remove(_ placed: PlacedElement, from table: TableID) {
        let place = Place(table: table, set: placed.set)
        let key = placed.element.key
        if added[place]?.removeValue(forKey: key) == nil {
            removed[place, default: [:]][key] = placed.element
        }
    }

    /// Notes that an element comes, after another one of its key has gone.
    ///
    /// If it is the one that was there at first, nothing happens to it.
    mutating func add(_ placed: PlacedElement, to table: TableID) {
        let place = Place(table: table, set: placed.set)
        let key = placed.element.key
        if removed[place]?[key] == placed.element {
            removed[place]?[key] = nil
        } else {
            added[place, default: [:]][key] = placed.element
        }
    }

    /// The changes in a legal order: removals first, then data before verdicts.
    var changes: [RulesetChange] {
        inOrder(removed).map { .removeElements($0.table, $0.set, $0.elements) }
            + inOrder(added).map { .addElements($0.table, $0.set, $0.elements) }
    }

    private func inOrder(
        _ places: [Place: [ElementData: Element]]
    ) -> [(table: TableID, set: SetDeclaration, elements: [Element])] {
        places.filter { !$0.value.isEmpty }
            .sorted { left, right in
                let (leftOrder, rightOrder) = (
                    left.key.set.elementOrder, right.key.set.elementOrder
                )
                return (leftOrder.rank, left.key.table, leftOrder.name)
                    < (rightOrder.rank, right.key.table, rightOrder.name)
            }
            .map { place, elements in
                (place.table, place.set, elements.values.sorted { $0.key < $1.key })
            }
    }
}

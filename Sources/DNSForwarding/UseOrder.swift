/// Places in the order of their use: a list that runs through the places themselves, so that a
/// use costs the same however many there are.
struct UseOrder {
    /// The places used just after and just before one.
    struct Neighbours {
        fileprivate(set) var newer = none
        fileprivate(set) var older = none
    }

    /// No place.
    static let none = -1

    /// The place used last, or `none`.
    private(set) var newest = none
    /// The place used longest ago, or `none`.
    private(set) var oldest = none
    /// How many places there are in the order.
    private(set) var count = 0

    /// Puts a place that is in no order at the end of this one.
    mutating func append(_ place: Int, in neighbours: inout [Neighbours]) {
        neighbours[place] = Neighbours(older: newest)
        if newest != Self.none { neighbours[newest].newer = place } else { oldest = place }
        newest = place
        count += 1
    }

    /// Takes a place out.
    mutating func remove(_ place: Int, in neighbours: inout [Neighbours]) {
        let own = neighbours[place]
        if own.newer != Self.none {
            neighbours[own.newer].older = own.older
        } else {
            newest = own.older
        }
        if own.older != Self.none {
            neighbours[own.older].newer = own.newer
        } else {
            oldest = own.newer
        }
        count -= 1
    }

    /// Notes that a place of this order is used now.
    mutating func use(_ place: Int, in neighbours: inout [Neighbours]) {
        guard place != newest else { return }
        remove(place, in: &neighbours)
        append(place, in: &neighbours)
    }
}

/// The slots of a frontend that some of its clients choose among.
struct SlotRange: Hashable, Comparable, CustomStringConvertible {
    /// The first slot.
    var first = 0
    /// How many there are.
    let count: Int

    /// As chains are named after it: `3`, or `3_after_2` for those from the third slot on.
    var description: String { first == 0 ? "\(count)" : "\(count)_after_\(first)" }

    /// Orders by the number of slots, then by the first.
    static func < (left: Self, right: Self) -> Bool {
        (left.count, left.first) < (right.count, right.first)
    }
}

extension ForwardingEntry {
    /// What `services` chooses among: clients that no policy keeps to this host.
    var slotsForAll: SlotRange {
        SlotRange(first: outsideOnlyCount, count: backends.count - outsideOnlyCount)
    }

    /// What `from_outside` chooses among.
    var localSlots: SlotRange { SlotRange(count: localCount) }
}

/// What is to be done at which time, for tens of thousands of things a second.
///
/// A wheel of slots, one a tick: putting in costs the same however much waits, and nothing is ever
/// taken out early, so what has become pointless has to be known as such when its time comes. Time
/// is told in nanoseconds of any clock that does not go back. Pure.
package struct TimerWheel<Item> {
    private struct Waiting {
        let tick: Int64
        let item: Item
    }

    /// Nothing comes earlier than its time, and nothing later than so much after it.
    package static var tickNanoseconds: Int64 { 2_000_000 }
    /// A round of 4 s: what is due later stays in its slot for more than one.
    private static var slotCount: Int64 { 2_048 }

    private var slots: [[Waiting]] = Array(repeating: [], count: Int(Self.slotCount))
    /// The last tick whose slot was looked at.
    private var current: Int64

    /// Nothing waits.
    package init(at now: Int64) {
        current = Self.tick(before: now)
    }

    /// Has an item returned at a time, or at the next tick if that is over.
    package mutating func insert(_ item: Item, at nanoseconds: Int64) {
        let tick = max(Self.tick(before: nanoseconds + Self.tickNanoseconds - 1), current + 1)
        slots[Self.slot(of: tick)].append(Waiting(tick: tick, item: item))
    }

    /// Takes out what is due, in no order that matters.
    package mutating func takeDue(at now: Int64) -> [Item] {
        let last = Self.tick(before: now)
        guard last > current else { return [] }
        var due: [Item] = []
        // After a long sleep each slot is looked at once.
        for tick in max(current + 1, last - Self.slotCount + 1)...last {
            let slot = Self.slot(of: tick)
            guard !slots[slot].isEmpty else { continue }
            let waiting = slots[slot]
            slots[slot] = waiting.filter { $0.tick > last }
            for waiting in waiting where waiting.tick <= last { due.append(waiting.item) }
        }
        current = last
        return due
    }

    /// When to look again, which may be for nothing; nil if nothing waits.
    package var nextLook: Int64? {
        for tick in (current + 1)...(current + Self.slotCount)
        where !slots[Self.slot(of: tick)].isEmpty {
            return tick * Self.tickNanoseconds
        }
        return nil
    }

    private static func tick(before nanoseconds: Int64) -> Int64 {
        nanoseconds / tickNanoseconds
    }

    private static func slot(of tick: Int64) -> Int { Int(tick % slotCount) }
}

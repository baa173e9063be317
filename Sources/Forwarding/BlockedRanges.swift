package import Addressing
package import Ruleset

/// Makes elements of a blocklist whose blocks may lie within one another, each for its own time.
///
/// The kernel's set refuses ranges that overlap, so each address gets the longest time that is
/// said of it, and neighbours with the same time are one range.
package struct BlockedRanges {
    private var ranges: [TimedElement] = []
    /// The range that may still grow.
    private var current: (first: IPAddress, last: IPAddress, seconds: Int?)?

    /// The elements of one family, in order; nil seconds: until somebody takes it back.
    package static func elements(
        of blocked: [(block: CIDRBlock, seconds: Int?)], _ family: IPFamily
    ) -> [TimedElement] {
        var result = BlockedRanges()
        /// Blocks that hold the next one, each within the one before and for a longer time.
        var around: [(last: IPAddress, seconds: Int?)] = []
        /// The first address that is not in a range yet.
        var next: IPAddress?
        func leave(_ holder: (last: IPAddress, seconds: Int?)) {
            if let first = next, first <= holder.last {
                result.add(first, holder.last, holder.seconds)
                next = holder.last.successor
            }
        }
        for (block, seconds) in blocked.filter({ $0.block.family == family })
            .sorted(by: { $0.block < $1.block })
        {
            while let holder = around.last, holder.last < block.first {
                leave(holder)
                around.removeLast()
            }
            if let holder = around.last {
                guard isLonger(seconds, than: holder.seconds) else { continue }
                if let first = next, let last = block.first.predecessor, first <= last {
                    result.add(first, last, holder.seconds)
                }
            }
            next = block.first
            around.append((block.last, seconds))
        }
        while let holder = around.popLast() { leave(holder) }
        result.finish()
        return result.ranges
    }

    private static func isLonger(_ left: Int?, than right: Int?) -> Bool {
        guard let right else { return false }
        return left.map { $0 > right } ?? true
    }

    private mutating func add(_ first: IPAddress, _ last: IPAddress, _ seconds: Int?) {
        if let before = current, before.seconds == seconds, before.last.successor == first {
            current = (before.first, last, seconds)
        } else {
            finish()
            current = (first, last, seconds)
        }
    }

    private mutating func finish() {
        guard let range = current else { return }
        var first = ElementData()
        first.append(range.first)
        var last = ElementData()
        last.append(range.last)
        ranges.append(
            TimedElement(Element(first, through: last), timeoutSeconds: range.seconds))
        current = nil
    }
}

import Ruleset

/// A number that stands for what is in a table, whatever the order in which it is listed.
///
/// FNV-1a of 64 bits of each part, summed up: the same in every process, so that two nodes' or
/// two moments' digests compare. It finds accidents, not forgery.
struct TableDigest: Hashable, Sendable {
    private(set) var sum: UInt64 = 0
    /// How many parts were added.
    private(set) var count = 0

    /// Adds an element of a set.
    mutating func add(_ element: Element) {
        var hash = FNV()
        hash.add(element.key)
        if let last = element.lastKey { hash.add(last) }
        switch element.value {
        case .verdict(let verdict): hash.add("\(verdict)")
        case .data(let data): hash.add(data)
        case nil: break
        }
        hash.add(element.comment ?? "")
        add(hash)
    }

    /// Adds all of a table but its elements.
    mutating func add(frameOf table: Table) {
        var frame = table
        for name in frame.sets.keys { frame.sets[name]?.elements = [:] }
        var hash = FNV()
        hash.add(RulesetText.text(of: Ruleset([frame])))
        add(hash)
    }

    /// Adds the parts of another digest.
    mutating func add(_ other: TableDigest) {
        sum &+= other.sum
        count += other.count
    }

    private mutating func add(_ hash: FNV) {
        sum &+= hash.value
        count += 1
    }
}

/// The hash of Fowler, Noll and Vo, variant 1a (RFC 9923).
private struct FNV {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0)
    }

    mutating func add(_ data: ElementData) {
        for index in 0..<data.registerCount {
            let register = data.register(index)
            for shift in [24, 16, 8, 0] as [UInt32] {
                add(UInt8(truncatingIfNeeded: register >> shift))
            }
        }
        add(UInt8(data.registerCount))
    }
}

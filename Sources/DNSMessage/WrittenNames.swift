/// Where in a message being written names and their endings stand, to point to (RFC 1035 section
/// 4.1.4).
///
/// A small table by hash that forgets what it has no place for: a name is then written out, which
/// costs bytes and is never wrong. What it finds is compared with the bytes of the message.
struct WrittenNames: Sendable {
    /// Places in the table: a reply of 64 KiB has thousands of names, most of them not repeated.
    private static let slotCount = 1024
    /// Places looked at for one name.
    private static let probeCount = 4
    /// Messages told apart before the table is made anew.
    private static let generationCount: UInt32 = 1000
    /// The first place of a message that a pointer cannot name.
    private static let pointerLimit = 0x4000

    /// The number of the message in the upper half, the place in it in the lower; empty until the
    /// first name is noted.
    private var slots: [UInt32] = []
    /// The number of the message being written, from 1: what is noted of older ones counts no more.
    private var generation: UInt32 = 1

    /// Forgets all names.
    mutating func removeAll() {
        generation += 1
        guard generation > Self.generationCount else { return }
        generation = 1
        slots = []
    }

    /// The place where the end of a name stands in the message, or else a note that it will stand
    /// at the given place.
    ///
    /// The ending begins at an offset of the name: at the length of a label.
    mutating func place(
        of wire: [UInt8], from offset: Int, orNote place: Int, in message: MessageBuffer
    ) -> Int? {
        let wire = unsafe wire.span.bytes
        if slots.isEmpty { slots = [UInt32](repeating: 0, count: Self.slotCount) }
        let first = Int(truncatingIfNeeded: hash(of: wire, from: offset) >> 32)
        for probe in 0..<Self.probeCount {
            let slot = (first + probe) % Self.slotCount
            guard slots[slot] >> 16 == generation else {
                if place < Self.pointerLimit { slots[slot] = generation << 16 | UInt32(place) }
                return nil
            }
            let found = Int(slots[slot] & 0xffff)
            if message.withBytes({ $0.hasName(wire, from: offset, at: found) }) { return found }
        }
        return nil
    }

    private func hash(of wire: RawSpan, from start: Int) -> UInt64 {
        var hash: UInt64 = 0
        for offset in stride(from: start, to: wire.byteCount, by: 8) {
            hash = (hash ^ wire.word(at: offset)) &* 0x9e37_79b9_7f4a_7c15
            hash ^= hash >> 29
        }
        return hash
    }
}

extension RawSpan {
    /// Whether a name's ending stands at a place of a message, spelled the same, by pointers or not.
    func hasName(_ wire: RawSpan, from start: Int, at place: Int) -> Bool {
        var offset = start
        var position = place
        while position < byteCount {
            let length = self[byteAt: position]
            if length >= 0xc0 {
                guard position + 1 < byteCount else { return false }
                let target = Int(length & 0x3f) << 8 | Int(self[byteAt: position + 1])
                guard target < position else { return false }
                position = target
                continue
            }
            let end = position + 1 + Int(length)
            guard end <= byteCount, wire[byteAt: offset] == length else { return false }
            for (here, there) in zip(position..<end, offset...)
            where self[byteAt: here] != wire[byteAt: there] { return false }
            if length == 0 { return true }
            offset += 1 + Int(length)
            position = end
        }
        return false
    }
}

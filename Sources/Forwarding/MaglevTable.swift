package import Addressing

/// Spreads slots over backends so that a hash of the client picks nearly the same backend before
/// and after one of them goes.
///
/// Maglev hashing (Eisenbud and others, NSDI 2016, section 3.4): each backend has an order of all
/// slots of its own, and takes in turn the first of them that is free. The table follows from the
/// backends alone, not from their order nor from what was there before, so that every balancer
/// that knows the same backends sends a client to the same one.
package enum MaglevTable {
    /// Sizes of tables: primes, so that every step visits all slots.
    ///
    /// The smallest of them with a hundred slots for each backend is used, so that shares differ
    /// by a percent or so, and a backend's coming or going moves few others' slots.
    package static let sizes = [251, 1_021, 4_093, 16_381, 65_521]
    /// Slots that each backend should have at least.
    package static let slotsPerBackend = 100

    /// How many slots a table of so many backends has.
    package static func size(for backendCount: Int) -> Int {
        sizes.first { $0 >= backendCount * slotsPerBackend } ?? sizes[sizes.count - 1]
    }

    /// The backend of each slot; empty without backends.
    ///
    /// A backend that is named twice counts once. Tables of different sizes have nothing in
    /// common, so the size is that of all backends there could be: it stays as it is when one of
    /// them dies.
    package static func slots(
        _ backends: [SocketEndpoint], capacity: Int
    ) -> [SocketEndpoint] {
        let backends = Set(backends).sorted()
        guard !backends.isEmpty else { return [] }
        let size = size(for: max(capacity, backends.count))
        let names = backends.map { backend in
            let port = backend.port.rawValue
            return backend.address.bytes + [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
        }
        let weights = backends.map { _ in 1 }
        return owners(of: size, names: names, weights: weights).map { backends[$0] }
    }

    /// Who owns each of so many slots, a prime number of them: an index of `names`.
    ///
    /// A heavier one has more turns: as many as its weight for each of the heaviest's.
    static func owners(of size: Int, names: [[UInt8]], weights: [Int]) -> [Int] {
        var owners = [Int](repeating: -1, count: size)
        var orders = names.map { SlotOrder(of: $0, size: size) }
        var credits = weights.map { _ in 0 }
        let heaviest = weights.max() ?? 0
        precondition(heaviest > 0, "slots need somebody to own them")
        var free = size
        while free > 0 {
            for index in names.indices where free > 0 {
                credits[index] += weights[index]
                guard credits[index] >= heaviest else { continue }
                credits[index] -= heaviest
                var slot = orders[index].next()
                while owners[slot] >= 0 { slot = orders[index].next() }
                owners[slot] = index
                free -= 1
            }
        }
        return owners
    }

    /// FNV-1a of 64 bits, and a finish that spreads the last bytes over all bits.
    static func hash(_ bytes: [UInt8], seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ (hash >> 33)
    }
}

/// The slots in the order in which one backend wants them.
private struct SlotOrder {
    private let size: Int
    private let step: Int
    private var slot: Int

    init(of name: [UInt8], size: Int) {
        self.size = size
        slot = Int(MaglevTable.hash(name, seed: 0x736c_7569) % UInt64(size))
        step = Int(MaglevTable.hash(name, seed: 0x6365_2e69) % UInt64(size - 1)) + 1
    }

    mutating func next() -> Int {
        defer { slot = (slot + step) % size }
        return slot
    }
}

/// An IPv6 address, without a zone.
package struct IPv6Address: Hashable, Sendable {
    /// The first eight bytes as a number: `fd00::1` has `0xfd00_0000_0000_0000`.
    package let high: UInt64
    /// The last eight bytes as a number: `fd00::1` has `1`.
    package let low: UInt64

    /// Makes an address of its two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes the address with this number, the first group in the highest bits.
    package init(rawValue: UInt128) {
        self.init(
            high: UInt64(truncatingIfNeeded: rawValue >> 64),
            low: UInt64(truncatingIfNeeded: rawValue))
    }

    /// Fails unless there are exactly sixteen bytes, in network order.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(rawValue: bytes.reduce(0) { number, byte in number << 8 | UInt128(byte) })
    }

    /// The address as one number: `::1` is 1.
    package var rawValue: UInt128 {
        UInt128(high) << 64 | UInt128(low)
    }

    /// The sixteen bytes in network order.
    package var bytes: [UInt8] {
        let number = rawValue
        return (0..<16).map { index in UInt8(truncatingIfNeeded: number >> (120 - 8 * index)) }
    }

    /// The IPv4 address inside `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2), which the sockets API
    /// uses for IPv4 peers of an IPv6 socket.
    package var mappedIPv4: IPv4Address? {
        guard high == 0, low >> 32 == 0xffff else { return nil }
        return IPv4Address(rawValue: UInt32(truncatingIfNeeded: low))
    }
}

extension IPv6Address: Comparable {
    package static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// An IPv4 address.
package struct IPv4Address: Hashable, Sendable {
    /// The address as a number: 1.2.3.4 is `0x01020304` on every machine.
    package let rawValue: UInt32

    /// Makes the address with this number, the first part in the highest byte.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Reads four decimal parts, such as `10.96.0.1`.
    ///
    /// Fails for every other form the C library knows (`10.1`, `0x0a000001`, `010.0.0.1`): they
    /// mean different addresses to different readers.
    package init?(_ text: some StringProtocol) {
        self.init(utf8: text.bytesOfText)
    }

    /// Fails unless there are exactly four bytes, in network order.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 else { return nil }
        self.rawValue = bytes.reduce(0) { number, byte in number << 8 | UInt32(byte) }
    }

    init?(utf8 text: Substring.UTF8View) {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let byte = decimalNumber(part, atMost: 255) else { return nil }
            number = number << 8 | UInt32(byte)
        }
        self.rawValue = number
    }

    /// The four bytes in network order.
    package var bytes: [UInt8] {
        (0..<4).map { index in UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * index)) }
    }
}

extension IPv4Address: Comparable {
    package static func < (left: IPv4Address, right: IPv4Address) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension IPv4Address: CustomStringConvertible {
    /// The four parts in decimal, such as `10.96.0.1`.
    package var description: String {
        "\(rawValue >> 24).\(rawValue >> 16 & 255).\(rawValue >> 8 & 255).\(rawValue & 255)"
    }
}

/// An address of either family.
package enum IPAddress: Hashable, Sendable {
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// Reads an address of either family; see the families' own rules.
    package init?(_ text: some StringProtocol) {
        self.init(utf8: text.bytesOfText)
    }

    /// Fails unless there are four or sixteen bytes, in network order.
    package init?(bytes: some Collection<UInt8>) {
        if let address = IPv4Address(bytes: bytes) {
            self = .v4(address)
        } else if let address = IPv6Address(bytes: bytes) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    init?(utf8 text: Substring.UTF8View) {
        if let address = IPv4Address(utf8: text) {
            self = .v4(address)
        } else if let address = IPv6Address(utf8: text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    /// The family the address belongs to; `::ffff:192.0.2.1` is IPv6.
    package var family: IPFamily {
        switch self {
        case .v4: .v4
        case .v6: .v6
        }
    }

    /// The four or sixteen bytes in network order.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let address): address.bytes
        case .v6(let address): address.bytes
        }
    }
}

/// What an address is for. An IPv4-mapped IPv6 address is what its IPv4 address is: the kernel
/// sends to the latter.
extension IPAddress {
    /// Whether it is in 127.0.0.0/8, or is `::1`: packets to it never leave the host.
    package var isLoopback: Bool {
        switch unmapped {
        case .v4(let address): address.rawValue >> 24 == 127
        case .v6(let address): address.rawValue == 1
        }
    }

    /// Whether it is in 169.254.0.0/16 or fe80::/10: it means something on one link only.
    package var isLinkLocal: Bool {
        switch unmapped {
        case .v4(let address): address.rawValue >> 16 == 0xa9fe
        case .v6(let address): address.high >> 54 == 0x3fa
        }
    }

    /// Whether it is in 224.0.0.0/4 or ff00::/8.
    package var isMulticast: Bool {
        switch unmapped {
        case .v4(let address): address.rawValue >> 28 == 0xe
        case .v6(let address): address.high >> 56 == 0xff
        }
    }

    /// Whether it is `0.0.0.0` or `::`, which stand for no address or for any.
    package var isUnspecified: Bool {
        numericValue == 0 || unmapped.numericValue == 0
    }

    private var unmapped: IPAddress {
        guard case .v6(let address) = self, let mapped = address.mappedIPv4 else { return self }
        return .v4(mapped)
    }
}

/// Addresses as numbers, for blocks.
extension IPAddress {
    var numericValue: UInt128 {
        switch self {
        case .v4(let address): UInt128(address.rawValue)
        case .v6(let address): address.rawValue
        }
    }

    /// Keeps the lowest bits that fit in the family.
    init(family: IPFamily, numericValue: UInt128) {
        switch family {
        case .v4: self = .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: numericValue)))
        case .v6: self = .v6(IPv6Address(rawValue: numericValue))
        }
    }
}

extension IPAddress: Comparable {
    /// Orders IPv4 before IPv6, and each family by number.
    package static func < (left: IPAddress, right: IPAddress) -> Bool {
        (left.family, left.numericValue) < (right.family, right.numericValue)
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}

extension IPAddress {
    /// The address after this one; nil after the family's last.
    package var successor: IPAddress? {
        let highest = UInt128.max >> (128 - family.addressBits)
        return numericValue < highest
            ? IPAddress(family: family, numericValue: numericValue + 1) : nil
    }

    /// The address before this one; nil before the family's first.
    package var predecessor: IPAddress? {
        numericValue > 0 ? IPAddress(family: family, numericValue: numericValue - 1) : nil
    }
}

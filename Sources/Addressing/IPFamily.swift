/// One of the two Internet protocols an address can belong to.
package enum IPFamily: Hashable, Sendable, CaseIterable {
    case v4
    case v6

    /// The length of an address of this family, in bits.
    package var addressBits: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }
}

extension IPFamily: Comparable {
    package static func < (left: IPFamily, right: IPFamily) -> Bool {
        left.addressBits < right.addressBits
    }
}

extension IPFamily: CustomStringConvertible {
    /// Kubernetes' spelling of the family: `IPv4` or `IPv6`.
    package var description: String {
        switch self {
        case .v4: "IPv4"
        case .v6: "IPv6"
        }
    }
}

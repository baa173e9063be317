internal import Addressing
internal import CNetfilter
internal import Ruleset

extension TableFamily {
    /// The kernel's number of the family (`NFPROTO_IPV4`, `NFPROTO_IPV6`).
    var protocolNumber: UInt16 {
        switch self {
        case .ip: UInt16(NFPROTO_IPV4)
        case .ip6: UInt16(NFPROTO_IPV6)
        case .netdev, .netdev6: UInt16(NFPROTO_NETDEV)
        }
    }

    /// The kernel's number of the family that addresses are of.
    var addressNumber: UInt32 {
        UInt32(addressFamily == .v4 ? NFPROTO_IPV4 : NFPROTO_IPV6)
    }

    /// The family of a kernel's number, for a table of this name; nil for one that Sluice has no
    /// tables in.
    init?(protocolNumber: UInt8, tableName: String) {
        switch UInt16(protocolNumber) {
        case UInt16(NFPROTO_IPV4): self = .ip
        case UInt16(NFPROTO_IPV6): self = .ip6
        case UInt16(NFPROTO_NETDEV): self = tableName.hasSuffix("6") ? .netdev6 : .netdev
        default: return nil
        }
    }
}

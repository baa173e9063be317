internal import CNetfilter
internal import Ruleset

extension TableFamily {
    /// The kernel's number of the family (`NFPROTO_IPV4`, `NFPROTO_IPV6`).
    var protocolNumber: UInt16 {
        switch self {
        case .ip: UInt16(NFPROTO_IPV4)
        case .ip6: UInt16(NFPROTO_IPV6)
        }
    }

    /// The family of a kernel's number; nil for one that Sluice has no tables in.
    init?(protocolNumber: UInt8) {
        guard let family = Self.allCases.first(where: { $0.protocolNumber == protocolNumber })
        else { return nil }
        self = family
    }
}

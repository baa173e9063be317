internal import Addressing
internal import CNetfilter
internal import Ruleset

/// Numbers of the kernel that its headers hide in macros or do not export.
enum KernelFacts {
    /// `ct state invalid` (`NF_CT_STATE_INVALID_BIT`).
    static let invalidState: UInt32 = 1
    /// `ct status dnat` (`IPS_DST_NAT`).
    static let destinationTranslated = UInt32(IPS_DST_NAT.rawValue)
    /// The type of an address, as the routing table knows it.
    static let addressType = UInt32(NFT_FIB_RESULT_ADDRTYPE.rawValue)
    /// Asks for the source address.
    static let sourceAddressFlag = UInt32(NFTA_FIB_F_SADDR.rawValue)
    /// The type of this host's own addresses.
    static let localType = UInt32(RTN_LOCAL)

    /// `(from & mask) ^ xor` (`NFT_BITWISE_BOOL`, which newer headers name otherwise).
    static let maskAndXor: UInt32 = 0

    /// Loads the byte of flags of a TCP header (RFC 9293 section 3.1).
    static func tcpFlags(to word: Int) -> KernelExpression {
        .payload(
            header: UInt32(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue), offset: 13, length: 1, to: word)
    }

    /// Loads the sequence number of a TCP header.
    static func tcpSequence(to word: Int) -> KernelExpression {
        .payload(
            header: UInt32(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue), offset: 4, length: 4, to: word)
    }

    /// The code of "port unreachable": `ICMP_PORT_UNREACH`, `ICMPV6_PORT_UNREACH`.
    static func portUnreachable(in family: TableFamily) -> UInt8 {
        family.addressFamily == .v4 ? 3 : 4
    }

    /// Writes the address in a register into the packet as its destination; only IPv4's header
    /// has a checksum (RFC 791 section 3.1).
    static func writeDestination(from word: Int, in family: TableFamily) -> KernelExpression {
        let isIPv4 = family.addressFamily == .v4
        return .writeAddress(
            offset: isIPv4 ? 16 : 24, length: UInt32(family.addressByteCount),
            checksumOffset: isIPv4 ? 10 : nil, from: word)
    }

    /// A number of four bytes in the host's order, as registers hold the kernel's own numbers.
    static func bytes(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number.littleEndian >> ($0 * 8)) }
    }
}

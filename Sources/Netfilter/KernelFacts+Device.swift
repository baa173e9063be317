internal import Addressing
internal import CNetfilter
internal import Ruleset

/// What rules at a device look at, beside the fields that all rules know.
extension KernelFacts {
    private static let transport = UInt32(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue)
    /// The bits "more fragments" and the offset of an IPv4 header (RFC 791 section 3.1).
    static let fragmentMask: [UInt8] = [0x3f, 0xff]
    /// The number of IPv6's fragment header (RFC 8200 section 4.5).
    static let fragmentHeader: UInt8 = 44

    /// Loads the number of the device that the packet came by.
    static func incomingDevice(to word: Int) -> KernelExpression {
        .meta(key: UInt32(NFT_META_IIF.rawValue), to: word)
    }

    /// Loads the protocol that the frame names.
    static func networkProtocol(to word: Int) -> KernelExpression {
        .meta(key: UInt32(NFT_META_PROTOCOL.rawValue), to: word)
    }

    /// The frame's number of an address family (`ETH_P_IP`, `ETH_P_IPV6`), in network order.
    static func etherType(of family: TableFamily) -> [UInt8] {
        family.addressFamily == .v4 ? [0x08, 0x00] : [0x86, 0xdd]
    }

    /// Loads an IPv4 header's bits about fragments.
    static func fragmentOffset(to word: Int) -> KernelExpression {
        .payload(
            header: UInt32(NFT_PAYLOAD_NETWORK_HEADER.rawValue), offset: 6, length: 2, to: word)
    }

    /// The number of ICMP or ICMPv6.
    static func messageProtocol(in family: TableFamily) -> UInt8 {
        UInt8(family.addressFamily == .v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6)
    }

    /// Loads the type of an ICMP message.
    static func messageType(to word: Int) -> KernelExpression {
        .payload(header: transport, offset: 0, length: 1, to: word)
    }

    /// Loads version and length of the IPv4 header that an ICMP error quotes.
    static func quotedHeader(to word: Int) -> KernelExpression {
        .payload(header: transport, offset: QuotedPacket.headerOffset, length: 1, to: word)
    }

    /// Loads to whom the packet was sent that an ICMP error quotes.
    static func quotedClient(to word: Int, in family: TableFamily) -> KernelExpression {
        .payload(
            header: transport, offset: QuotedPacket(family).destinationOffset,
            length: UInt32(family.addressByteCount), to: word)
    }

    /// Loads to which port the packet was sent that an ICMP error quotes.
    static func quotedClientPort(to word: Int, in family: TableFamily) -> KernelExpression {
        .payload(
            header: transport, offset: QuotedPacket(family).destinationPortOffset, length: 2,
            to: word)
    }
}

/// A field of a packet or of its connection, or a number made for the packet.
///
/// Selectors say nothing of the address family: the table does.
package enum Selector: Hashable, Sendable {
    /// `ip saddr` or `ip6 saddr`.
    case sourceAddress
    /// `ip daddr` or `ip6 daddr`.
    case destinationAddress
    /// `meta l4proto`.
    case transportProtocol
    /// `th sport`.
    case sourcePort
    /// `th dport`.
    case destinationPort
    /// `ct original ip daddr`: the address that the client asked for.
    case originalDestinationAddress
    /// `ct original proto-dst`: the port that the client asked for.
    case originalDestinationPort
    /// `ct reply ip saddr`: the address that answers the client.
    case answeringAddress
    /// `numgen random mod N offset O`: O ..< O + N, by chance.
    case random(modulus: UInt32, offset: UInt32 = 0)
    /// `jhash ip saddr mod N seed S`: 0 ..< N, the same for every packet of a client.
    case sourceHash(modulus: UInt32, seed: UInt32)
    /// `jhash ip saddr . th sport mod N seed S`: the same for every packet of a connection.
    case connectionHash(modulus: UInt32, seed: UInt32)
    /// `meta mark`.
    case mark
    /// The transport protocol of the packet that an ICMP error quotes.
    case quotedProtocol
    /// The source port of the packet that an ICMP error quotes.
    case quotedSourcePort
    /// What `sourceHash` is for packets of the client to whom the quoted packet was sent.
    case quotedClientHash(modulus: UInt32, seed: UInt32)
    /// What `connectionHash` is for packets of the client to whom the quoted packet was sent.
    case quotedConnectionHash(modulus: UInt32, seed: UInt32)

    /// What kind of value the selector yields, which decides its bytes in a key.
    package enum Kind: Hashable, Sendable {
        /// 4 or 16 bytes in network order.
        case address
        /// One byte.
        case transportProtocol
        /// Two bytes in network order.
        case port
        /// Four bytes in the host's order.
        case number
        /// One byte, which `nft` spells as a number.
        case byte
        /// Two bytes in network order, which `nft` spells as a number.
        case short
    }

    /// What kind of value the selector yields.
    package var kind: Kind {
        switch self {
        case .sourceAddress, .destinationAddress, .originalDestinationAddress, .answeringAddress:
            .address
        case .transportProtocol: .transportProtocol
        case .sourcePort, .destinationPort, .originalDestinationPort: .port
        case .random, .sourceHash, .connectionHash, .mark, .quotedClientHash,
            .quotedConnectionHash:
            .number
        case .quotedProtocol: .byte
        case .quotedSourcePort: .short
        }
    }

    /// Bytes of the value before it is padded to whole registers.
    package func byteCount(in family: TableFamily) -> Int {
        switch kind {
        case .address: family.addressByteCount
        case .transportProtocol, .byte: 1
        case .port, .short: 2
        case .number: 4
        }
    }
}

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
    /// `numgen random mod N offset O`: O ..< O + N, by chance.
    case random(modulus: UInt32, offset: UInt32 = 0)
    /// `jhash ip saddr mod N seed S`: 0 ..< N, the same for every packet of a client.
    case sourceHash(modulus: UInt32, seed: UInt32)

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
    }

    /// What kind of value the selector yields.
    package var kind: Kind {
        switch self {
        case .sourceAddress, .destinationAddress, .originalDestinationAddress: .address
        case .transportProtocol: .transportProtocol
        case .sourcePort, .destinationPort, .originalDestinationPort: .port
        case .random, .sourceHash: .number
        }
    }

    /// Bytes of the value before it is padded to whole registers.
    package func byteCount(in family: TableFamily) -> Int {
        switch kind {
        case .address: family.addressByteCount
        case .transportProtocol: 1
        case .port: 2
        case .number: 4
        }
    }
}

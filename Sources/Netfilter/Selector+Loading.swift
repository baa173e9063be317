internal import Addressing
internal import CNetfilter
internal import Ruleset

extension Selector {
    /// The step that loads the field into registers from this word on.
    func load(to word: Int, in family: TableFamily) -> KernelExpression {
        let network = UInt32(NFT_PAYLOAD_NETWORK_HEADER.rawValue)
        let transport = UInt32(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue)
        let length = UInt32(byteCount(in: family))
        return switch self {
        case .sourceAddress:
            .payload(
                header: network, offset: family.addressFamily == .v4 ? 12 : 8, length: length,
                to: word)
        case .destinationAddress:
            .payload(
                header: network, offset: family.addressFamily == .v4 ? 16 : 24, length: length,
                to: word)
        case .sourcePort: .payload(header: transport, offset: 0, length: length, to: word)
        case .destinationPort: .payload(header: transport, offset: 2, length: length, to: word)
        case .transportProtocol: .meta(key: UInt32(NFT_META_L4PROTO.rawValue), to: word)
        case .originalDestinationAddress:
            .connection(key: Self.destinationKey(in: family), direction: 0, to: word)
        case .originalDestinationPort:
            .connection(key: UInt32(NFT_CT_PROTO_DST.rawValue), direction: 0, to: word)
        case .answeringAddress:
            .connection(key: Self.sourceKey(in: family), direction: 1, to: word)
        case .random(let modulus, let offset):
            .randomNumber(modulus: modulus, offset: offset, to: word)
        case .mark: .meta(key: UInt32(NFT_META_MARK.rawValue), to: word)
        case .quotedProtocol:
            .payload(
                header: transport, offset: QuotedPacket(family).protocolOffset, length: length,
                to: word)
        case .quotedSourcePort:
            .payload(
                header: transport, offset: QuotedPacket(family).sourcePortOffset, length: length,
                to: word)
        case .sourceHash(let modulus, let seed), .quotedClientHash(let modulus, let seed):
            .hash(
                from: word, length: UInt32(family.addressByteCount), modulus: modulus, seed: seed,
                to: word)
        case .connectionHash(let modulus, let seed), .quotedConnectionHash(let modulus, let seed):
            // The port's register is hashed with the two bytes of zeros behind it.
            .hash(
                from: word, length: UInt32(family.addressByteCount) + 4, modulus: modulus,
                seed: seed, to: word)
        }
    }
}

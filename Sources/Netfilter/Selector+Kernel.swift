internal import Addressing
internal import CNetfilter
internal import Ruleset

/// How nft names a selector in a set's user data (`typeof`), and the types it gives to keys.
///
/// The numbers are those of nft 1.0.6 (`enum expr_types`, `enum proto_desc_id`, `enum datatypes`);
/// they are part of no header, but nft writes and reads them, so they cannot change.
extension Selector {
    /// nft's number of the field's data type.
    func dataType(in family: TableFamily) -> UInt32 {
        switch kind {
        case .address: family.addressFamily == .v4 ? 7 : 8
        case .transportProtocol: 12
        case .port: 13
        case .number where self == .mark: 19
        case .number, .byte, .short: 4
        }
    }

    /// nft's number of the field's byte order: 1 the host's, 2 the network's.
    var byteOrder: UInt32 {
        switch kind {
        case .address, .port, .byte, .short: 2
        case .transportProtocol, .number: 1
        }
    }

    /// The field as nft keeps it in user data.
    func typeOf(in family: TableFamily) -> UserData {
        var detail = UserData()
        let expression: UInt32
        switch self {
        case .sourceAddress, .destinationAddress, .sourcePort, .destinationPort:
            expression = Self.payloadExpression
            let field = payloadField(in: family)
            detail.append(0, number: field.header)
            detail.append(1, number: field.field)
        case .mark:
            expression = Self.metaExpression
            detail.append(0, number: UInt32(NFT_META_MARK.rawValue))
        case .quotedProtocol, .quotedSourcePort:
            expression = Self.payloadExpression
            let quoted = QuotedPacket(family)
            let offset =
                self == .quotedProtocol ? quoted.protocolOffset : quoted.sourcePortOffset
            // A field without a name: where it stands, in bits, behind the transport header.
            detail.append(0, number: 0)
            detail.append(1, number: 0)
            detail.append(2, number: Self.transportBase)
            detail.append(3, number: offset * 8)
            detail.append(4, number: UInt32(byteCount(in: family)) * 8)
        case .transportProtocol:
            expression = Self.metaExpression
            detail.append(0, number: UInt32(NFT_META_L4PROTO.rawValue))
        case .originalDestinationAddress:
            expression = Self.connectionExpression
            detail.append(0, number: Self.destinationKey(in: family))
            detail.append(1, number: 0)
        case .originalDestinationPort:
            expression = Self.connectionExpression
            detail.append(0, number: UInt32(NFT_CT_PROTO_DST.rawValue))
            detail.append(1, number: 0)
        case .answeringAddress:
            expression = Self.connectionExpression
            detail.append(0, number: Self.sourceKey(in: family))
            detail.append(1, number: 1)
        // In the key of a set one number is like another.
        case .random(let modulus, _), .sourceHash(let modulus, _), .connectionHash(let modulus, _),
            .quotedClientHash(let modulus, _), .quotedConnectionHash(let modulus, _):
            expression = Self.numberExpression
            detail.append(0, number: UInt32(NFT_NG_RANDOM.rawValue))
            detail.append(1, number: modulus)
            detail.append(2, number: 0)
        }
        var result = UserData()
        result.append(0, number: expression)
        result.append(1, nested: detail)
        return result
    }

    /// Reads a field back; nil if it is none that Sluice uses.
    init?(typeOf bytes: [UInt8], in family: TableFamily) {
        guard let notes = UserData.notes(in: bytes), let expression = UserData.number(notes[0]),
            let detail = notes[1].flatMap({ UserData.notes(in: $0) })
        else { return nil }
        let numberModulus = UserData.number(detail[1])
        let candidates: [Selector] =
            [
                .sourceAddress, .destinationAddress, .transportProtocol, .sourcePort,
                .destinationPort, .originalDestinationAddress, .originalDestinationPort,
                .answeringAddress, .mark, .quotedProtocol, .quotedSourcePort,
            ] + (expression == Self.numberExpression ? [.random(modulus: numberModulus ?? 0)] : [])
        guard let match = candidates.first(where: { $0.typeOf(in: family).bytes == bytes })
        else { return nil }
        self = match
    }

    /// The connection tracking key of the original destination address.
    static func destinationKey(in family: TableFamily) -> UInt32 {
        UInt32(family.addressFamily == .v4 ? NFT_CT_DST_IP.rawValue : NFT_CT_DST_IP6.rawValue)
    }

    /// The connection tracking key of a source address.
    static func sourceKey(in family: TableFamily) -> UInt32 {
        UInt32(family.addressFamily == .v4 ? NFT_CT_SRC_IP.rawValue : NFT_CT_SRC_IP6.rawValue)
    }

    private func payloadField(in family: TableFamily) -> (header: UInt32, field: UInt32) {
        switch self {
        case .sourceAddress: family.addressFamily == .v4 ? (12, 11) : (13, 8)
        case .sourcePort: (11, 1)
        case .destinationPort: (11, 2)
        default: family.addressFamily == .v4 ? (12, 12) : (13, 9)
        }
    }

    private static let payloadExpression: UInt32 = 7
    private static let metaExpression: UInt32 = 9
    private static let transportBase: UInt32 = 3
    private static let connectionExpression: UInt32 = 12
    private static let numberExpression: UInt32 = 23
}

extension [Selector] {
    /// nft's number of the type of a key of these fields: six bits a field.
    func dataType(in family: TableFamily) -> UInt32 {
        reduce(0) { $0 << 6 | $1.dataType(in: family) }
    }

    /// nft's number of the byte order of a key of these fields; a concatenation has none.
    var byteOrder: UInt32 { count == 1 ? self[0].byteOrder : 0 }

    /// The key as nft keeps it in user data: the field, or a list of numbered fields.
    func typeOf(in family: TableFamily) -> UserData {
        if count == 1 { return self[0].typeOf(in: family) }
        var fields = UserData()
        for (index, selector) in enumerated() {
            fields.append(UInt8(index), nested: selector.typeOf(in: family))
        }
        var result = UserData()
        result.append(0, number: Self.concatenation)
        result.append(1, nested: fields)
        return result
    }

    /// Reads a key back; nil if a field is none that Sluice uses.
    init?(typeOf bytes: [UInt8], in family: TableFamily) {
        guard let notes = UserData.notes(in: bytes) else { return nil }
        guard UserData.number(notes[0]) == Self.concatenation else {
            guard let selector = Selector(typeOf: bytes, in: family) else { return nil }
            self = [selector]
            return
        }
        guard let fields = notes[1].flatMap({ UserData.notes(in: $0) }) else { return nil }
        self = []
        for index in 0..<fields.count {
            guard let field = fields[UInt8(index)],
                let selector = Selector(typeOf: field, in: family)
            else { return nil }
            append(selector)
        }
    }

    /// Bytes of the key in whole registers.
    func keyByteCount(in family: TableFamily) -> Int {
        reduce(0) { $0 + ($1.byteCount(in: family) + 3) & ~3 }
    }

    private static let concatenation: UInt32 = 13
}

package import Addressing

/// One field of a key or value, read from its bytes.
package enum FieldValue: Hashable, Sendable, CustomStringConvertible {
    case address(IPAddress)
    case transportProtocol(UInt8)
    case port(UInt16)
    case number(UInt32)

    /// The spelling of `nft` in a set's elements.
    package var description: String {
        switch self {
        case .address(let address): "\(address)"
        case .transportProtocol(let number):
            TransportProtocol(rawValue: number).map { "\($0)" } ?? "\(number)"
        case .port(let port): "\(port)"
        case .number(let number): "\(number)"
        }
    }
}

/// Takes the bytes of a key or value apart into its fields.
package enum FieldReader {
    /// The fields in order; fewer than `selectors` if the bytes end early.
    package static func fields(
        of data: ElementData, as selectors: [Selector], family: TableFamily
    ) -> [FieldValue] {
        var position = 0
        var fields: [FieldValue] = []
        for selector in selectors {
            let registers = (selector.byteCount(in: family) + 3) / 4
            guard position + registers <= data.registerCount else { break }
            fields.append(field(of: data, at: position, kind: selector.kind, family: family))
            position += registers
        }
        return fields
    }

    private static func field(
        of data: ElementData, at position: Int, kind: Selector.Kind, family: TableFamily
    ) -> FieldValue {
        let register = data.register(position)
        switch kind {
        case .address:
            guard family.addressFamily == .v6 else {
                return .address(.v4(IPv4Address(rawValue: register)))
            }
            let high = UInt64(register) << 32 | UInt64(data.register(position + 1))
            let low =
                UInt64(data.register(position + 2)) << 32
                | UInt64(data.register(position + 3))
            return .address(.v6(IPv6Address(high: high, low: low)))
        case .transportProtocol: return .transportProtocol(UInt8(register >> 24))
        case .port: return .port(UInt16(register >> 16))
        case .number: return .number(register.bigEndian)
        case .byte: return .number(register >> 24)
        case .short: return .number(register >> 16)
        }
    }
}

extension SocketEndpoint {
    /// The endpoint that these fields are, if they are one.
    package init?(_ fields: [FieldValue]) {
        guard fields.count == 2, case .address(let address) = fields[0],
            case .port(let number) = fields[1], let port = Port(Int(number))
        else { return nil }
        self.init(address: address, port: port)
    }
}

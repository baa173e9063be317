internal import CNetfilter

/// Writing an address into the network header, as libnftnl has it: a `payload` with a source.
extension KernelExpression {
    private static let networkHeader = UInt32(NFT_PAYLOAD_NETWORK_HEADER.rawValue)
    private static let inetChecksum = UInt32(NFT_PAYLOAD_CSUM_INET.rawValue)
    /// Addresses are part of what the checksums of TCP and UDP are made of.
    private static let isInPseudoHeader = UInt32(NFT_PAYLOAD_L4CSUM_PSEUDOHDR.rawValue)

    static func encodedWrite(
        of register: Int, to offset: UInt32, length: UInt32, checksumOffset: UInt32?
    ) throws(NetfilterError) -> LibraryExpression {
        let expression = try LibraryExpression(named: "payload")
        expression.set(NFTNL_EXPR_PAYLOAD_SREG, register: register)
        expression.set(NFTNL_EXPR_PAYLOAD_BASE, networkHeader)
        expression.set(NFTNL_EXPR_PAYLOAD_OFFSET, offset)
        expression.set(NFTNL_EXPR_PAYLOAD_LEN, length)
        if let checksumOffset {
            expression.set(NFTNL_EXPR_PAYLOAD_CSUM_TYPE, inetChecksum)
            expression.set(NFTNL_EXPR_PAYLOAD_CSUM_OFFSET, checksumOffset)
        }
        expression.set(NFTNL_EXPR_PAYLOAD_FLAGS, isInPseudoHeader)
        return expression
    }

    /// Reads a `payload` with a source; nil if it is none that Sluice writes.
    static func writeAddress(_ expression: ExpressionReader, from register: Int) -> Self? {
        guard expression.number(NFTNL_EXPR_PAYLOAD_BASE) == networkHeader,
            expression.number(NFTNL_EXPR_PAYLOAD_FLAGS) == isInPseudoHeader,
            let offset = expression.number(NFTNL_EXPR_PAYLOAD_OFFSET),
            let length = expression.number(NFTNL_EXPR_PAYLOAD_LEN)
        else { return nil }
        var checksumOffset: UInt32?
        switch expression.number(NFTNL_EXPR_PAYLOAD_CSUM_TYPE) ?? 0 {
        case 0: break
        case inetChecksum:
            checksumOffset = expression.number(NFTNL_EXPR_PAYLOAD_CSUM_OFFSET) ?? 0
        default: return nil
        }
        return .writeAddress(
            offset: offset, length: length, checksumOffset: checksumOffset, from: register)
    }
}

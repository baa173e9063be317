internal import CNetfilter
internal import Glibc
internal import Ruleset

/// The expressions of rules at a device.
extension KernelExpression {
    /// Makes libnftnl's form of those that only such rules have.
    func encodedForDevice() throws(NetfilterError) -> LibraryExpression {
        switch self {
        case .extensionHeader(let number, let to):
            let expression = try LibraryExpression(named: "exthdr")
            expression.set(NFTNL_EXPR_EXTHDR_DREG, register: to)
            expression.set(NFTNL_EXPR_EXTHDR_TYPE, byte: number)
            expression.set(NFTNL_EXPR_EXTHDR_OFFSET, 0)
            expression.set(NFTNL_EXPR_EXTHDR_LEN, 1)
            expression.set(NFTNL_EXPR_EXTHDR_FLAGS, UInt32(NFT_EXTHDR_F_PRESENT.rawValue))
            expression.set(NFTNL_EXPR_EXTHDR_OP, UInt32(NFT_EXTHDR_OP_IPV6.rawValue))
            return expression
        case .setMeta(let key, let from):
            let expression = try LibraryExpression(named: "meta")
            expression.set(NFTNL_EXPR_META_KEY, key)
            expression.set(NFTNL_EXPR_META_SREG, register: from)
            return expression
        case .forward(let family, let device, let address):
            let expression = try LibraryExpression(named: "fwd")
            expression.set(NFTNL_EXPR_FWD_SREG_DEV, register: device)
            expression.set(NFTNL_EXPR_FWD_SREG_ADDR, register: address)
            expression.set(NFTNL_EXPR_FWD_NFPROTO, family)
            return expression
        default: preconditionFailure("\(self) is not for a device alone")
        }
    }

    static func extensionHeader(_ expression: ExpressionReader) -> Self? {
        guard let to = expression.register(NFTNL_EXPR_EXTHDR_DREG),
            let number = expression.byte(NFTNL_EXPR_EXTHDR_TYPE),
            expression.number(NFTNL_EXPR_EXTHDR_OP) ?? 0
                == UInt32(NFT_EXTHDR_OP_IPV6.rawValue),
            expression.number(NFTNL_EXPR_EXTHDR_FLAGS) ?? 0
                == UInt32(NFT_EXTHDR_F_PRESENT.rawValue)
        else { return nil }
        return .extensionHeader(number, to: to)
    }

    static func forward(_ expression: ExpressionReader) -> Self? {
        guard let device = expression.register(NFTNL_EXPR_FWD_SREG_DEV),
            let address = expression.register(NFTNL_EXPR_FWD_SREG_ADDR),
            let family = expression.number(NFTNL_EXPR_FWD_NFPROTO)
        else { return nil }
        return .forward(family: family, device: device, address: address)
    }
}

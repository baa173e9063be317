internal import CNetfilter
internal import Ruleset

/// Reads the expressions that do something to the packet.
extension KernelExpression {
    /// The flags that the kernel adds by itself where there are registers.
    private static let translationFlags = UInt32(
        NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED)

    static func translation(_ expression: ExpressionReader) -> Self? {
        guard expression.number(NFTNL_EXPR_NAT_TYPE) == UInt32(NFT_NAT_DNAT.rawValue),
            expression.number(NFTNL_EXPR_NAT_FLAGS) ?? 0 == translationFlags,
            let family = expression.number(NFTNL_EXPR_NAT_FAMILY),
            let address = expression.register(NFTNL_EXPR_NAT_REG_ADDR_MIN),
            expression.register(NFTNL_EXPR_NAT_REG_ADDR_MAX) ?? address == address,
            let port = expression.register(NFTNL_EXPR_NAT_REG_PROTO_MIN),
            expression.register(NFTNL_EXPR_NAT_REG_PROTO_MAX) ?? port == port
        else { return nil }
        return .translateDestination(family: family, address: address, port: port)
    }

    static func masquerade(_ expression: ExpressionReader) -> Self? {
        guard expression.number(NFTNL_EXPR_MASQ_REG_PROTO_MIN) == nil else { return nil }
        return .masquerade(flags: expression.number(NFTNL_EXPR_MASQ_FLAGS) ?? 0)
    }

    static func update(_ expression: ExpressionReader) -> Self? {
        if let inner = expression.inner(NFTNL_EXPR_DYNSET_EXPR) {
            return Self.bound(expression, inner)
        }
        guard
            expression.number(NFTNL_EXPR_DYNSET_OP) == UInt32(NFT_DYNSET_OP_UPDATE.rawValue),
            expression.number(NFTNL_EXPR_DYNSET_FLAGS) ?? 0 == 0,
            let set = expression.string(NFTNL_EXPR_DYNSET_SET_NAME),
            let key = expression.register(NFTNL_EXPR_DYNSET_SREG_KEY),
            let value = expression.register(NFTNL_EXPR_DYNSET_SREG_DATA),
            let timeout = expression.wide(NFTNL_EXPR_DYNSET_TIMEOUT)
        else { return nil }
        return .update(set: set, key: key, value: value, timeoutMilliseconds: timeout)
    }

    static func reject(_ expression: ExpressionReader) -> Self? {
        guard let type = expression.number(NFTNL_EXPR_REJECT_TYPE) else { return nil }
        return .reject(type: type, code: expression.byte(NFTNL_EXPR_REJECT_CODE) ?? 0)
    }

    static func verdict(_ expression: ExpressionReader) -> Self? {
        guard expression.number(NFTNL_EXPR_IMM_DREG) == UInt32(NFT_REG_VERDICT.rawValue),
            let code = expression.number(NFTNL_EXPR_IMM_VERDICT),
            let verdict = Verdict(
                code: Int32(bitPattern: code), chain: expression.string(NFTNL_EXPR_IMM_CHAIN))
        else { return nil }
        return .verdict(verdict)
    }
}

internal import CNetfilter
internal import Ruleset

/// Bounds in the elements of a dynamic set, as libnftnl has them: an expression within `dynset`.
extension KernelExpression {
    /// Both kinds of bounds go on where they are exceeded: `NFT_LIMIT_F_INV`,
    /// `NFT_CONNLIMIT_F_INV`.
    private static let over: UInt32 = 1

    static func encodedBound(
        _ bound: Bound, set: String, key: Int, timeoutMilliseconds: UInt64
    ) throws(NetfilterError) -> LibraryExpression {
        let expression = try LibraryExpression(named: "dynset")
        // A rate's element lives on with each packet; that of connections as long as there are any.
        let operation = timeoutMilliseconds > 0 ? NFT_DYNSET_OP_UPDATE : NFT_DYNSET_OP_ADD
        expression.set(NFTNL_EXPR_DYNSET_OP, UInt32(operation.rawValue))
        try expression.set(NFTNL_EXPR_DYNSET_SET_NAME, name: set)
        expression.set(NFTNL_EXPR_DYNSET_SREG_KEY, register: key)
        if timeoutMilliseconds > 0 {
            expression.set(NFTNL_EXPR_DYNSET_TIMEOUT, wide: timeoutMilliseconds)
        }
        expression.add(NFTNL_EXPR_DYNSET_EXPR, try encoded(bound))
        return expression
    }

    private static func encoded(_ bound: Bound) throws(NetfilterError) -> LibraryExpression {
        switch bound {
        case .rate(let count, let unitSeconds, let burst):
            let limit = try LibraryExpression(named: "limit")
            limit.set(NFTNL_EXPR_LIMIT_RATE, wide: count)
            limit.set(NFTNL_EXPR_LIMIT_UNIT, wide: unitSeconds)
            limit.set(NFTNL_EXPR_LIMIT_BURST, burst)
            limit.set(NFTNL_EXPR_LIMIT_TYPE, UInt32(NFT_LIMIT_PKTS.rawValue))
            limit.set(NFTNL_EXPR_LIMIT_FLAGS, over)
            return limit
        case .connections(let count):
            let limit = try LibraryExpression(named: "connlimit")
            limit.set(NFTNL_EXPR_CONNLIMIT_COUNT, count)
            limit.set(NFTNL_EXPR_CONNLIMIT_FLAGS, over)
            return limit
        }
    }

    /// Reads a `dynset` with a bound within; nil if it is none that Sluice writes.
    static func bound(_ expression: ExpressionReader, _ inner: ExpressionReader) -> Self? {
        let timeout = expression.wide(NFTNL_EXPR_DYNSET_TIMEOUT) ?? 0
        let operation = timeout > 0 ? NFT_DYNSET_OP_UPDATE : NFT_DYNSET_OP_ADD
        guard expression.number(NFTNL_EXPR_DYNSET_OP) == UInt32(operation.rawValue),
            expression.number(NFTNL_EXPR_DYNSET_FLAGS) ?? 0 == 0,
            let set = expression.string(NFTNL_EXPR_DYNSET_SET_NAME),
            let key = expression.register(NFTNL_EXPR_DYNSET_SREG_KEY),
            expression.number(NFTNL_EXPR_DYNSET_SREG_DATA) == nil,
            let bound = bound(inner)
        else { return nil }
        return .bound(bound, set: set, key: key, timeoutMilliseconds: timeout)
    }

    private static func bound(_ inner: ExpressionReader) -> Bound? {
        switch inner.name {
        case "limit":
            guard inner.number(NFTNL_EXPR_LIMIT_TYPE) == UInt32(NFT_LIMIT_PKTS.rawValue),
                inner.number(NFTNL_EXPR_LIMIT_FLAGS) == over,
                let count = inner.wide(NFTNL_EXPR_LIMIT_RATE),
                let unitSeconds = inner.wide(NFTNL_EXPR_LIMIT_UNIT),
                let burst = inner.number(NFTNL_EXPR_LIMIT_BURST)
            else { return nil }
            return .rate(count: count, unitSeconds: unitSeconds, burst: burst)
        case "connlimit":
            guard inner.number(NFTNL_EXPR_CONNLIMIT_FLAGS) == over,
                let count = inner.number(NFTNL_EXPR_CONNLIMIT_COUNT)
            else { return nil }
            return .connections(count)
        default: return nil
        }
    }
}

extension KernelExpression.Bound {
    /// A rate as the kernel keeps it.
    static func rate(_ rate: PacketRate) -> Self {
        .rate(
            count: UInt64(rate.count), unitSeconds: UInt64(rate.unit.rawValue),
            burst: UInt32(rate.burst))
    }
}

extension PacketRate {
    /// Reads a rate back; nil if it is none that Sluice writes, or no rate.
    init?(_ bound: KernelExpression.Bound) {
        guard case .rate(let count, let unitSeconds, let burst) = bound,
            let unit = Unit(rawValue: Int(clamping: unitSeconds))
        else { return nil }
        self.init(Int(clamping: count), per: unit, burst: Int(burst))
    }
}

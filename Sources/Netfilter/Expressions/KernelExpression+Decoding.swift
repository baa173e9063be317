internal import CNetfilter
internal import Glibc
internal import Ruleset

extension KernelExpression {
    /// Reads libnftnl's form; `anonymousSets` are the protocol numbers in nameless sets, by name.
    ///
    /// The pointer is borrowed: the rule owns it.
    init(decoding pointer: OpaquePointer, anonymousSets: [String: [UInt8]]) {
        let expression = unsafe ExpressionReader(pointer)
        let known: KernelExpression? =
            switch expression.name {
            case "payload": Self.payload(expression)
            case "meta": Self.meta(expression)
            case "exthdr": Self.extensionHeader(expression)
            case "fwd": Self.forward(expression)
            case "ct": Self.connection(expression)
            case "numgen": Self.randomNumber(expression)
            case "hash": Self.hash(expression)
            case "fib": Self.route(expression)
            case "bitwise": Self.bitwise(expression)
            case "byteorder": Self.byteOrder(expression)
            case "cmp": Self.compare(expression)
            case "lookup": Self.lookup(expression, anonymousSets)
            case "nat": Self.translation(expression)
            case "masq": Self.masquerade(expression)
            case "dynset": Self.update(expression)
            case "reject": Self.reject(expression)
            case "immediate": Self.verdict(expression)
            default: nil
            }
        self = known ?? .unknown("\(expression.name) \(expression.text)")
    }

    private static func payload(_ expression: ExpressionReader) -> Self? {
        if let from = expression.register(NFTNL_EXPR_PAYLOAD_SREG) {
            return writeAddress(expression, from: from)
        }
        guard let to = expression.register(NFTNL_EXPR_PAYLOAD_DREG),
            let header = expression.number(NFTNL_EXPR_PAYLOAD_BASE),
            let offset = expression.number(NFTNL_EXPR_PAYLOAD_OFFSET),
            let length = expression.number(NFTNL_EXPR_PAYLOAD_LEN)
        else { return nil }
        return .payload(header: header, offset: offset, length: length, to: to)
    }

    private static func meta(_ expression: ExpressionReader) -> Self? {
        if let from = expression.register(NFTNL_EXPR_META_SREG),
            let key = expression.number(NFTNL_EXPR_META_KEY)
        {
            return .setMeta(key: key, from: from)
        }
        guard let to = expression.register(NFTNL_EXPR_META_DREG),
            let key = expression.number(NFTNL_EXPR_META_KEY)
        else { return nil }
        return .meta(key: key, to: to)
    }

    private static func connection(_ expression: ExpressionReader) -> Self? {
        guard let to = expression.register(NFTNL_EXPR_CT_DREG),
            let key = expression.number(NFTNL_EXPR_CT_KEY)
        else { return nil }
        return .connection(key: key, direction: expression.byte(NFTNL_EXPR_CT_DIR), to: to)
    }

    private static func randomNumber(_ expression: ExpressionReader) -> Self? {
        guard let to = expression.register(NFTNL_EXPR_NG_DREG),
            expression.number(NFTNL_EXPR_NG_TYPE) == UInt32(NFT_NG_RANDOM.rawValue),
            let modulus = expression.number(NFTNL_EXPR_NG_MODULUS)
        else { return nil }
        return .randomNumber(
            modulus: modulus, offset: expression.number(NFTNL_EXPR_NG_OFFSET) ?? 0, to: to)
    }

    private static func hash(_ expression: ExpressionReader) -> Self? {
        guard let from = expression.register(NFTNL_EXPR_HASH_SREG),
            let to = expression.register(NFTNL_EXPR_HASH_DREG),
            expression.number(NFTNL_EXPR_HASH_TYPE) ?? 0 == UInt32(NFT_HASH_JENKINS.rawValue),
            expression.number(NFTNL_EXPR_HASH_OFFSET) ?? 0 == 0,
            let length = expression.number(NFTNL_EXPR_HASH_LEN),
            let modulus = expression.number(NFTNL_EXPR_HASH_MODULUS),
            let seed = expression.number(NFTNL_EXPR_HASH_SEED)
        else { return nil }
        return .hash(from: from, length: length, modulus: modulus, seed: seed, to: to)
    }

    private static func route(_ expression: ExpressionReader) -> Self? {
        guard let to = expression.register(NFTNL_EXPR_FIB_DREG),
            let result = expression.number(NFTNL_EXPR_FIB_RESULT),
            let flags = expression.number(NFTNL_EXPR_FIB_FLAGS)
        else { return nil }
        return .route(result: result, flags: flags, to: to)
    }

    private static func bitwise(_ expression: ExpressionReader) -> Self? {
        guard let from = expression.register(NFTNL_EXPR_BITWISE_SREG),
            let to = expression.register(NFTNL_EXPR_BITWISE_DREG),
            expression.number(NFTNL_EXPR_BITWISE_OP) ?? 0 == KernelFacts.maskAndXor,
            let mask = expression.bytes(NFTNL_EXPR_BITWISE_MASK),
            let xor = expression.bytes(NFTNL_EXPR_BITWISE_XOR)
        else { return nil }
        return .bitwise(from: from, mask: mask, xor: xor, to: to)
    }

    /// nft 1.0.6 turns the bytes of `meta l4proto` around in keys of ranges: one byte, in units
    /// of two, which is nothing (kernel: `nft_byteorder_eval`).
    private static func byteOrder(_ expression: ExpressionReader) -> Self? {
        guard let from = expression.register(NFTNL_EXPR_BYTEORDER_SREG),
            from == expression.register(NFTNL_EXPR_BYTEORDER_DREG),
            expression.number(NFTNL_EXPR_BYTEORDER_LEN) == 1
        else { return nil }
        return .nothing
    }

    private static func compare(_ expression: ExpressionReader) -> Self? {
        guard let register = expression.register(NFTNL_EXPR_CMP_SREG),
            let operation = expression.number(NFTNL_EXPR_CMP_OP),
            let bytes = expression.bytes(NFTNL_EXPR_CMP_DATA),
            operation == UInt32(NFT_CMP_EQ.rawValue) || operation == UInt32(NFT_CMP_NEQ.rawValue)
        else { return nil }
        return .compare(
            register: register, isEqual: operation == UInt32(NFT_CMP_EQ.rawValue), bytes: bytes)
    }

    private static func lookup(
        _ expression: ExpressionReader, _ anonymousSets: [String: [UInt8]]
    ) -> Self? {
        guard let from = expression.register(NFTNL_EXPR_LOOKUP_SREG),
            let name = expression.string(NFTNL_EXPR_LOOKUP_SET)
        else { return nil }
        var destination = Destination.nowhere
        if let number = expression.number(NFTNL_EXPR_LOOKUP_DREG) {
            destination = register(ofNumber: number).map { .register($0) } ?? .verdict
        }
        let flags = expression.number(NFTNL_EXPR_LOOKUP_FLAGS) ?? 0
        return .lookup(
            anonymousSets[name].map { .protocols($0) } ?? .named(name), from: from,
            to: destination, isNegated: flags & UInt32(NFT_LOOKUP_F_INV.rawValue) != 0)
    }
}

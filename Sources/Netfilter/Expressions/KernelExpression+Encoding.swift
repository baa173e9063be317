internal import CNetfilter
internal import Glibc
internal import Ruleset

extension KernelExpression {
    /// Makes libnftnl's form; `anonymousSets` are the numbers of the nameless sets in the batch.
    func encoded(
        anonymousSets: [SetReference: UInt32]
    ) throws(NetfilterError) -> LibraryExpression {
        switch self {
        case .payload, .meta, .connection, .route: try encodedLoad()
        case .randomNumber, .hash: try encodedNumber()
        case .bitwise, .compare: try encodedComparison()
        case .lookup(let set, let from, let destination, let isNegated):
            try Self.encodedLookup(
                set, from: from, to: destination, isNegated: isNegated,
                anonymousSets: anonymousSets)
        case .extensionHeader, .setMeta, .forward: try encodedForDevice()
        case .writeAddress(let offset, let length, let checksumOffset, let from):
            try Self.encodedWrite(
                of: from, to: offset, length: length, checksumOffset: checksumOffset)
        case .translateDestination, .masquerade, .update: try encodedTranslation()
        case .bound(let bound, let set, let key, let timeoutMilliseconds):
            try Self.encodedBound(
                bound, set: set, key: key, timeoutMilliseconds: timeoutMilliseconds)
        case .reject, .verdict: try encodedEnd()
        case .nothing, .unknown:
            // What Sluice does not write it cannot put back either.
            throw NetfilterError(.encode, code: EOPNOTSUPP)
        }
    }

    private func encodedLoad() throws(NetfilterError) -> LibraryExpression {
        switch self {
        case .payload(let header, let offset, let length, let to):
            let expression = try LibraryExpression(named: "payload")
            expression.set(NFTNL_EXPR_PAYLOAD_DREG, register: to)
            expression.set(NFTNL_EXPR_PAYLOAD_BASE, header)
            expression.set(NFTNL_EXPR_PAYLOAD_OFFSET, offset)
            expression.set(NFTNL_EXPR_PAYLOAD_LEN, length)
            return expression
        case .meta(let key, let to):
            let expression = try LibraryExpression(named: "meta")
            expression.set(NFTNL_EXPR_META_KEY, key)
            expression.set(NFTNL_EXPR_META_DREG, register: to)
            return expression
        case .connection(let key, let direction, let to):
            let expression = try LibraryExpression(named: "ct")
            expression.set(NFTNL_EXPR_CT_KEY, key)
            if let direction { expression.set(NFTNL_EXPR_CT_DIR, byte: direction) }
            expression.set(NFTNL_EXPR_CT_DREG, register: to)
            return expression
        case .route(let result, let flags, let to):
            let expression = try LibraryExpression(named: "fib")
            expression.set(NFTNL_EXPR_FIB_RESULT, result)
            expression.set(NFTNL_EXPR_FIB_FLAGS, flags)
            expression.set(NFTNL_EXPR_FIB_DREG, register: to)
            return expression
        default: preconditionFailure("\(self) loads nothing")
        }
    }

    private func encodedNumber() throws(NetfilterError) -> LibraryExpression {
        switch self {
        case .randomNumber(let modulus, let offset, let to):
            let expression = try LibraryExpression(named: "numgen")
            expression.set(NFTNL_EXPR_NG_DREG, register: to)
            expression.set(NFTNL_EXPR_NG_TYPE, UInt32(NFT_NG_RANDOM.rawValue))
            expression.set(NFTNL_EXPR_NG_MODULUS, modulus)
            expression.set(NFTNL_EXPR_NG_OFFSET, offset)
            return expression
        case .hash(let from, let length, let modulus, let seed, let to):
            let expression = try LibraryExpression(named: "hash")
            expression.set(NFTNL_EXPR_HASH_SREG, register: from)
            expression.set(NFTNL_EXPR_HASH_DREG, register: to)
            expression.set(NFTNL_EXPR_HASH_LEN, length)
            expression.set(NFTNL_EXPR_HASH_MODULUS, modulus)
            expression.set(NFTNL_EXPR_HASH_SEED, seed)
            expression.set(NFTNL_EXPR_HASH_OFFSET, 0)
            expression.set(NFTNL_EXPR_HASH_TYPE, UInt32(NFT_HASH_JENKINS.rawValue))
            return expression
        default: preconditionFailure("\(self) makes no number")
        }
    }

    private func encodedComparison() throws(NetfilterError) -> LibraryExpression {
        switch self {
        case .bitwise(let from, let mask, let xor, let to):
            let expression = try LibraryExpression(named: "bitwise")
            expression.set(NFTNL_EXPR_BITWISE_SREG, register: from)
            expression.set(NFTNL_EXPR_BITWISE_DREG, register: to)
            expression.set(NFTNL_EXPR_BITWISE_LEN, UInt32(mask.count))
            try expression.set(NFTNL_EXPR_BITWISE_MASK, bytes: mask)
            try expression.set(NFTNL_EXPR_BITWISE_XOR, bytes: xor)
            return expression
        case .compare(let register, let isEqual, let bytes):
            let expression = try LibraryExpression(named: "cmp")
            expression.set(NFTNL_EXPR_CMP_SREG, register: register)
            expression.set(
                NFTNL_EXPR_CMP_OP,
                UInt32(isEqual ? NFT_CMP_EQ.rawValue : NFT_CMP_NEQ.rawValue))
            try expression.set(NFTNL_EXPR_CMP_DATA, bytes: bytes)
            return expression
        default: preconditionFailure("\(self) compares nothing")
        }
    }

    private static func encodedLookup(
        _ set: SetReference, from: Int, to destination: Destination, isNegated: Bool,
        anonymousSets: [SetReference: UInt32]
    ) throws(NetfilterError) -> LibraryExpression {
        let expression = try LibraryExpression(named: "lookup")
        expression.set(NFTNL_EXPR_LOOKUP_SREG, register: from)
        switch destination {
        case .nowhere: break
        case .verdict: expression.set(NFTNL_EXPR_LOOKUP_DREG, UInt32(NFT_REG_VERDICT.rawValue))
        case .register(let word): expression.set(NFTNL_EXPR_LOOKUP_DREG, register: word)
        }
        switch set {
        case .named(let name): try expression.set(NFTNL_EXPR_LOOKUP_SET, name: name)
        case .protocols:
            try expression.set(NFTNL_EXPR_LOOKUP_SET, name: Transaction.anonymousSetName)
            expression.set(NFTNL_EXPR_LOOKUP_SET_ID, anonymousSets[set] ?? 0)
        }
        if isNegated { expression.set(NFTNL_EXPR_LOOKUP_FLAGS, UInt32(NFT_LOOKUP_F_INV.rawValue)) }
        return expression
    }

    private func encodedTranslation() throws(NetfilterError) -> LibraryExpression {
        switch self {
        case .translateDestination(let family, let address, let port):
            let expression = try LibraryExpression(named: "nat")
            expression.set(NFTNL_EXPR_NAT_TYPE, UInt32(NFT_NAT_DNAT.rawValue))
            expression.set(NFTNL_EXPR_NAT_FAMILY, family)
            expression.set(NFTNL_EXPR_NAT_REG_ADDR_MIN, register: address)
            expression.set(NFTNL_EXPR_NAT_REG_PROTO_MIN, register: port)
            return expression
        case .masquerade(let flags):
            let expression = try LibraryExpression(named: "masq")
            expression.set(NFTNL_EXPR_MASQ_FLAGS, flags)
            return expression
        case .update(let set, let key, let value, let timeoutMilliseconds):
            let expression = try LibraryExpression(named: "dynset")
            expression.set(NFTNL_EXPR_DYNSET_OP, UInt32(NFT_DYNSET_OP_UPDATE.rawValue))
            try expression.set(NFTNL_EXPR_DYNSET_SET_NAME, name: set)
            expression.set(NFTNL_EXPR_DYNSET_SREG_KEY, register: key)
            expression.set(NFTNL_EXPR_DYNSET_SREG_DATA, register: value)
            expression.set(NFTNL_EXPR_DYNSET_TIMEOUT, wide: timeoutMilliseconds)
            return expression
        default: preconditionFailure("\(self) translates nothing")
        }
    }

    private func encodedEnd() throws(NetfilterError) -> LibraryExpression {
        switch self {
        case .reject(let type, let code):
            let expression = try LibraryExpression(named: "reject")
            expression.set(NFTNL_EXPR_REJECT_TYPE, type)
            expression.set(NFTNL_EXPR_REJECT_CODE, byte: code)
            return expression
        case .verdict(let verdict):
            let expression = try LibraryExpression(named: "immediate")
            expression.set(NFTNL_EXPR_IMM_DREG, UInt32(NFT_REG_VERDICT.rawValue))
            expression.set(NFTNL_EXPR_IMM_VERDICT, UInt32(bitPattern: verdict.code))
            if let target = verdict.target {
                try expression.set(NFTNL_EXPR_IMM_CHAIN, name: target)
            }
            return expression
        default: preconditionFailure("\(self) ends nothing")
        }
    }
}

internal import CNetfilter
internal import Glibc
internal import Ruleset

/// Tables, chains and rules as libnftnl parses them from the kernel's answers.

extension Table {
    /// Reads a table without what is in it; nil for a family that Sluice has no tables in.
    init?(_ reply: KernelReply) throws(NetfilterError) {
        let table = try Owned<TableKind>()
        let pointer = unsafe table.pointer
        guard unsafe nftnl_table_nlmsg_parse(reply.message, pointer) >= 0,
            let name = unsafe nftnl_table_get_str(pointer, UInt16(NFTNL_TABLE_NAME.rawValue))
        else { throw NetfilterError(.read, code: EBADMSG) }
        let number = unsafe nftnl_table_get_u32(pointer, UInt16(NFTNL_TABLE_FAMILY.rawValue))
        let text = unsafe String(cString: name)
        guard
            let family = TableFamily(
                protocolNumber: UInt8(truncatingIfNeeded: number), tableName: text)
        else { return nil }
        var length: UInt32 = 0
        let userData = unsafe nftnl_table_get_data(
            pointer, UInt16(NFTNL_TABLE_USERDATA.rawValue), &length)
        self.init(
            TableID(family, text),
            flags: TableFlags(
                rawValue: unsafe nftnl_table_get_u32(
                    pointer, UInt16(NFTNL_TABLE_FLAGS.rawValue))),
            comment: unsafe UserData.comment(at: userData, count: length))
    }
}

extension Chain {
    /// Reads a chain without its rules; nil if it belongs to another table.
    ///
    /// A base chain that Sluice never makes (another type, hook or policy) reads as one without
    /// a base, so that it differs from any plan.
    init?(_ reply: KernelReply, in id: TableID) throws(NetfilterError) {
        let chain = try Owned<ChainKind>()
        let pointer = unsafe chain.pointer
        guard unsafe nftnl_chain_nlmsg_parse(reply.message, pointer) >= 0,
            let table = unsafe nftnl_chain_get_str(pointer, UInt16(NFTNL_CHAIN_TABLE.rawValue)),
            let name = unsafe nftnl_chain_get_str(pointer, UInt16(NFTNL_CHAIN_NAME.rawValue))
        else { throw NetfilterError(.read, code: EBADMSG) }
        guard unsafe String(cString: table) == id.name else { return nil }
        var length: UInt32 = 0
        let userData = unsafe nftnl_chain_get_data(
            pointer, UInt16(NFTNL_CHAIN_USERDATA.rawValue), &length)
        unsafe self.init(
            String(cString: name), base: BaseChain(readFrom: pointer, in: id.family),
            comment: UserData.comment(at: userData, count: length))
    }
}

extension BaseChain {
    fileprivate init?(readFrom pointer: OpaquePointer, in family: TableFamily) {
        guard unsafe nftnl_chain_is_set(pointer, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue)),
            let type = unsafe nftnl_chain_get_str(pointer, UInt16(NFTNL_CHAIN_TYPE.rawValue)),
            let kind = unsafe Kind(rawValue: String(cString: type)),
            let hook = Hook(
                kernelNumber: unsafe nftnl_chain_get_u32(
                    pointer, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue)), in: family),
            unsafe nftnl_chain_get_u32(pointer, UInt16(NFTNL_CHAIN_POLICY.rawValue))
                == UInt32(NF_ACCEPT)
        else { return nil }
        let priority = unsafe nftnl_chain_get_s32(pointer, UInt16(NFTNL_CHAIN_PRIO.rawValue))
        guard family.isAtDevice else {
            self.init(kind, hook, priority: priority)
            return
        }
        guard kind == .filter,
            let device = unsafe nftnl_chain_get_str(pointer, UInt16(NFTNL_CHAIN_DEV.rawValue))
        else { return nil }
        unsafe self.init(ingressOf: String(cString: device), priority: priority)
    }
}

extension BaseChain.Hook {
    /// The kernel's number, which for a device's own hook begins anew (`NF_NETDEV_INGRESS`).
    var kernelNumber: UInt32 { self == .ingress ? UInt32(NF_NETDEV_INGRESS.rawValue) : rawValue }

    /// The hook of a kernel's number; nil for one that Sluice never uses.
    init?(kernelNumber: UInt32, in family: TableFamily) {
        guard family.isAtDevice else {
            self.init(rawValue: kernelNumber)
            return
        }
        guard kernelNumber == Self.ingress.kernelNumber else { return nil }
        self = .ingress
    }
}

/// A rule as a list of steps.
enum KernelRule {
    /// Reads a rule's chain and steps.
    static func read(
        _ reply: KernelReply, anonymousSets: [String: [UInt8]]
    ) throws(NetfilterError) -> (chain: String, expressions: [KernelExpression]) {
        let rule = try Owned<RuleKind>()
        let pointer = unsafe rule.pointer
        guard unsafe nftnl_rule_nlmsg_parse(reply.message, pointer) >= 0,
            let chain = unsafe nftnl_rule_get_str(pointer, UInt16(NFTNL_RULE_CHAIN.rawValue)),
            let iterator = unsafe nftnl_expr_iter_create(pointer)
        else { throw NetfilterError(.read, code: EBADMSG) }
        defer { unsafe nftnl_expr_iter_destroy(iterator) }
        var expressions: [KernelExpression] = []
        while let expression = unsafe nftnl_expr_iter_next(iterator) {
            unsafe expressions.append(
                KernelExpression(decoding: expression, anonymousSets: anonymousSets))
        }
        return (unsafe String(cString: chain), expressions)
    }
}

extension UserData {
    /// The comment in notes at an address; nil if there is none.
    static func comment(at start: UnsafeRawPointer?, count: UInt32) -> String? {
        guard let start = unsafe start else { return nil }
        return unsafe leadingText(in: UnsafeRawBufferPointer(start: start, count: Int(count)))
    }
}

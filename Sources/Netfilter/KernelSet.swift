internal import CNetfilter
internal import Glibc
internal import Ruleset

/// A set as the kernel lists it, without its elements.
struct KernelSet {
    /// What the set is made of; without a key if Sluice would not make such a set.
    let declaration: SetDeclaration
    /// How many registers its keys and values fill.
    let shape: RuleRaising.SetShape
    /// True if the set has no name of its own and belongs to one rule.
    let isAnonymous: Bool
    /// True if it is the set of a rule `meta l4proto { … }`.
    let holdsProtocols: Bool

    /// Reads a set; nil if it belongs to another table.
    init?(_ reply: KernelReply, in id: TableID) throws(NetfilterError) {
        let set = try Owned<SetKind>()
        let pointer = unsafe set.pointer
        guard unsafe nftnl_set_nlmsg_parse(reply.message, pointer) >= 0,
            let table = unsafe nftnl_set_get_str(pointer, UInt16(NFTNL_SET_TABLE.rawValue)),
            let nameText = unsafe nftnl_set_get_str(pointer, UInt16(NFTNL_SET_NAME.rawValue))
        else { throw NetfilterError(.read, code: EBADMSG) }
        guard unsafe String(cString: table) == id.name else { return nil }
        let flags = unsafe nftnl_set_get_u32(pointer, UInt16(NFTNL_SET_FLAGS.rawValue))
        let keyLength = unsafe nftnl_set_get_u32(pointer, UInt16(NFTNL_SET_KEY_LEN.rawValue))
        let keyType = unsafe nftnl_set_get_u32(pointer, UInt16(NFTNL_SET_KEY_TYPE.rawValue))
        let valueLength = unsafe nftnl_set_get_u32(pointer, UInt16(NFTNL_SET_DATA_LEN.rawValue))
        isAnonymous = flags & UInt32(NFT_SET_ANONYMOUS.rawValue) != 0
        holdsProtocols =
            isAnonymous && flags & UInt32(NFT_SET_MAP.rawValue) == 0 && keyLength == 1
            && keyType == Selector.transportProtocol.dataType(in: id.family)
        shape = RuleRaising.SetShape(
            keyWords: Int(keyLength + 3) / 4, valueWords: Int(valueLength + 3) / 4)
        let name = unsafe String(cString: nameText)
        let declared = unsafe SetDeclaration(name, readFrom: pointer, flags: flags, in: id.family)
        if let declared, declared.kernelFlags == flags,
            declared.keyLength(in: id.family) == Int(keyLength)
        {
            declaration = declared
        } else {
            declaration = SetDeclaration(
                name, key: [], value: flags & UInt32(NFT_SET_MAP.rawValue) == 0 ? .none : .verdict,
                isInterval: flags & UInt32(NFT_SET_INTERVAL.rawValue) != 0)
        }
    }
}

extension SetDeclaration.Filling {
    fileprivate init(kernelFlags flags: UInt32, timeoutSeconds: Int) {
        let hasTimeout = flags & UInt32(NFT_SET_TIMEOUT.rawValue) != 0
        if flags & UInt32(NFT_SET_EVAL.rawValue) != 0 {
            self = .byPackets(timeoutSeconds: hasTimeout ? timeoutSeconds : nil)
        } else {
            self = hasTimeout ? .timed : .planned
        }
    }
}

extension SetDeclaration {
    /// Reads what nft noted; nil if nft noted nothing, or something that Sluice never declares.
    fileprivate init?(
        _ name: String, readFrom pointer: OpaquePointer, flags: UInt32, in family: TableFamily
    ) {
        var length: UInt32 = 0
        guard
            let start = unsafe nftnl_set_get_data(
                pointer, UInt16(NFTNL_SET_USERDATA.rawValue), &length),
            let notes = unsafe UserData.notes(
                in: UnsafeRawBufferPointer(start: start, count: Int(length))),
            let key = notes[3].flatMap({ [Selector](typeOf: $0, in: family) }),
            let value = unsafe Self.value(readFrom: pointer, notes: notes, flags: flags, family)
        else { return nil }
        let milliseconds = unsafe nftnl_set_get_u64(pointer, UInt16(NFTNL_SET_TIMEOUT.rawValue))
        let size = unsafe nftnl_set_get_u32(pointer, UInt16(NFTNL_SET_DESC_SIZE.rawValue))
        guard milliseconds % 1000 == 0, let hasCounter = unsafe Self.counts(pointer) else {
            return nil
        }
        self.init(
            name, key: key, value: value,
            isInterval: flags & UInt32(NFT_SET_INTERVAL.rawValue) != 0,
            filling: Filling(kernelFlags: flags, timeoutSeconds: Int(milliseconds / 1000)),
            size: size == 0 ? nil : Int(size), hasCounter: hasCounter,
            comment: UserData.text(notes[7]))
    }

    private static func value(
        readFrom pointer: OpaquePointer, notes: [UInt8: [UInt8]], flags: UInt32,
        _ family: TableFamily
    ) -> Value? {
        guard flags & UInt32(NFT_SET_MAP.rawValue) != 0 else { return Value.none }
        let type = unsafe nftnl_set_get_u32(pointer, UInt16(NFTNL_SET_DATA_TYPE.rawValue))
        if type == UInt32(NFT_DATA_VERDICT.rawValue) { return .verdict }
        return notes[4].flatMap { [Selector](typeOf: $0, in: family) }.map { .data($0) }
    }

    /// Whether elements count; nil if the set has another expression.
    private static func counts(_ pointer: OpaquePointer) -> Bool? {
        let attribute = UInt16(NFTNL_SET_EXPR.rawValue)
        guard unsafe nftnl_set_is_set(pointer, attribute) else {
            return unsafe nftnl_set_is_set(pointer, UInt16(NFTNL_SET_EXPRESSIONS.rawValue))
                ? nil : false
        }
        guard let expression = unsafe nftnl_set_get(pointer, attribute) else { return nil }
        return unsafe ExpressionReader(OpaquePointer(expression)).name == "counter" ? true : nil
    }
}

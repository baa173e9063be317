internal import CNetfilter
internal import Glibc
internal import Ruleset

/// Sets and maps, without their elements, as messages.
extension Transaction {
    /// Makes an empty set.
    mutating func createSet(
        _ declaration: SetDeclaration, in id: TableID
    ) throws(NetfilterError) {
        let userData = declaration.userData(in: id.family)
        guard userData.isLegal,
            declaration.comment?.utf8.count ?? 0 <= UserData.maximumCommentBytes
        else { throw NetfilterError(.encode, code: EMSGSIZE) }
        let set = try set(
            declaration.name, flags: declaration.kernelFlags, key: declaration.key,
            userData: userData, in: id)
        let pointer = unsafe set.pointer
        try unsafe describeValue(of: declaration, for: pointer, in: id.family)
        if declaration.isConcatenatedInterval {
            let lengths = declaration.key.map { UInt8($0.byteCount(in: id.family)) }
            try checked(
                unsafe nftnl_set_set_data(
                    pointer, UInt16(NFTNL_SET_DESC_CONCAT.rawValue), lengths,
                    UInt32(lengths.count)))
        }
        if let size = declaration.size {
            unsafe nftnl_set_set_u32(
                pointer, UInt16(NFTNL_SET_DESC_SIZE.rawValue), UInt32(clamping: size))
        }
        if case .byPackets(let seconds?) = declaration.filling {
            unsafe nftnl_set_set_u64(
                pointer, UInt16(NFTNL_SET_TIMEOUT.rawValue), UInt64(clamping: seconds) * 1000)
        }
        if declaration.hasCounter {
            guard let counter = unsafe nftnl_expr_alloc("counter") else {
                throw NetfilterError(.encode, code: ENOMEM)
            }
            unsafe nftnl_set_add_expr(pointer, counter)
        }
        try unsafe message(NFT_MSG_NEWSET, flags: Self.createFlags, family: id.family) { header in
            unsafe nftnl_set_nlmsg_build_payload(header, pointer)
        }
    }

    /// Removes a set.
    mutating func deleteSet(_ name: String, in id: TableID) throws(NetfilterError) {
        let set = try Owned<SetKind>()
        let pointer = unsafe set.pointer
        try unsafe self.name(pointer, name, in: id)
        try unsafe message(NFT_MSG_DELSET, family: id.family) { header in
            unsafe nftnl_set_nlmsg_build_payload(header, pointer)
        }
    }

    /// Makes the nameless constant set of a rule `meta l4proto { … }`, and returns its number.
    mutating func createAnonymousSet(
        of protocolNumbers: [UInt8], in id: TableID
    ) throws(NetfilterError) -> UInt32 {
        var userData = UserData()
        userData.append(0, number: Selector.transportProtocol.byteOrder)
        userData.append(3, nested: [Selector.transportProtocol].typeOf(in: id.family))
        let set = try set(
            Self.anonymousSetName,
            flags: UInt32(NFT_SET_ANONYMOUS.rawValue | NFT_SET_CONSTANT.rawValue),
            key: [.transportProtocol], userData: userData, in: id)
        let pointer = unsafe set.pointer
        let number = unsafe nftnl_set_get_u32(pointer, UInt16(NFTNL_SET_ID.rawValue))
        unsafe nftnl_set_set_u32(
            pointer, UInt16(NFTNL_SET_DESC_SIZE.rawValue), UInt32(protocolNumbers.count))
        try unsafe message(NFT_MSG_NEWSET, flags: Self.createFlags, family: id.family) { header in
            unsafe nftnl_set_nlmsg_build_payload(header, pointer)
        }
        try unsafe message(NFT_MSG_NEWSETELEM, flags: Self.createFlags, family: id.family) {
            header in
            unsafe mnl_attr_put_strz(header, UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue), id.name)
            unsafe mnl_attr_put_strz(
                header, UInt16(NFTA_SET_ELEM_LIST_SET.rawValue), Self.anonymousSetName)
            unsafe mnl_attr_put_u32(
                header, UInt16(NFTA_SET_ELEM_LIST_SET_ID.rawValue), number.bigEndian)
            let list = unsafe mnl_attr_nest_start(
                header, UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue))
            for protocolNumber in protocolNumbers {
                unsafe withUnsafeBytes(of: protocolNumber) { key in
                    var element = unsafe cnf_element()
                    unsafe element.key = key.baseAddress
                    unsafe element.key_length = 1
                    unsafe cnf_element_put(header, &element)
                }
            }
            unsafe mnl_attr_nest_end(header, list)
        }
        return number
    }

    /// The name that asks the kernel to find one.
    static var anonymousSetName: String { "__set%d" }

    private mutating func set(
        _ name: String, flags: UInt32, key: [Selector], userData: UserData, in id: TableID
    ) throws(NetfilterError) -> Owned<SetKind> {
        let set = try Owned<SetKind>()
        let pointer = unsafe set.pointer
        try unsafe self.name(pointer, name, in: id)
        let declaration = SetDeclaration(name, key: key)
        unsafe nftnl_set_set_u32(pointer, UInt16(NFTNL_SET_FLAGS.rawValue), flags)
        unsafe nftnl_set_set_u32(
            pointer, UInt16(NFTNL_SET_KEY_TYPE.rawValue), key.dataType(in: id.family))
        unsafe nftnl_set_set_u32(
            pointer, UInt16(NFTNL_SET_KEY_LEN.rawValue),
            UInt32(declaration.keyLength(in: id.family)))
        unsafe nftnl_set_set_u32(pointer, UInt16(NFTNL_SET_ID.rawValue), makeSetID())
        try checked(
            unsafe nftnl_set_set_data(
                pointer, UInt16(NFTNL_SET_USERDATA.rawValue), userData.bytes,
                UInt32(userData.bytes.count)))
        return set
    }

    private func name(
        _ pointer: OpaquePointer, _ name: String, in id: TableID
    ) throws(NetfilterError) {
        try checked(unsafe nftnl_set_set_str(pointer, UInt16(NFTNL_SET_TABLE.rawValue), id.name))
        try checked(unsafe nftnl_set_set_str(pointer, UInt16(NFTNL_SET_NAME.rawValue), name))
        unsafe nftnl_set_set_u32(
            pointer, UInt16(NFTNL_SET_FAMILY.rawValue), UInt32(id.family.protocolNumber))
    }

    private func describeValue(
        of declaration: SetDeclaration, for pointer: OpaquePointer, in family: TableFamily
    ) throws(NetfilterError) {
        let type: UInt32
        switch declaration.value {
        case .none: return
        case .verdict: type = UInt32(NFT_DATA_VERDICT.rawValue)
        case .data(let fields): type = fields.dataType(in: family)
        }
        unsafe nftnl_set_set_u32(pointer, UInt16(NFTNL_SET_DATA_TYPE.rawValue), type)
        unsafe nftnl_set_set_u32(
            pointer, UInt16(NFTNL_SET_DATA_LEN.rawValue),
            UInt32(declaration.valueLength(in: family)))
    }
}

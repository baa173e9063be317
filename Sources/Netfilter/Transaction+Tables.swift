internal import CNetfilter
internal import Glibc
internal import Ruleset

/// Tables and chains as messages.
extension Transaction {
    /// The most bytes of a name (`NFT_NAME_MAXLEN` less the final zero).
    static var maximumNameBytes: Int { 255 }

    /// Writes the messages of one change.
    mutating func append(_ change: RulesetChange) throws(NetfilterError) {
        guard change.names.allSatisfy({ $0.utf8.count <= Self.maximumNameBytes }) else {
            throw NetfilterError(.encode, code: EMSGSIZE)
        }
        switch change {
        case .createTable(let id, let flags, let comment):
            try createTable(id, flags: flags, comment: comment)
        case .deleteTable(let id): try deleteTable(id)
        case .createSet(let id, let declaration): try createSet(declaration, in: id)
        case .deleteSet(let id, let name): try deleteSet(name, in: id)
        case .createChain(let id, let name, let base, let comment):
            try createChain(name, base: base, comment: comment, in: id)
        case .deleteChain(let id, let name): try deleteChain(name, in: id)
        case .replaceRules(let id, let chain, let rules):
            try replaceRules(of: chain, with: rules, in: id)
        case .addElements(let id, let declaration, let elements):
            try append(elements, of: declaration, in: id, isRemoval: false)
        case .removeElements(let id, let declaration, let elements):
            try append(elements, of: declaration, in: id, isRemoval: true)
        case .refill(let id, let declaration, let elements):
            try empty(declaration.name, in: id)
            try append(elements, of: declaration, in: id)
        }
    }

    /// The flags of a message that makes something, or leaves it if it is there alike.
    static var createFlags: Int32 { NLM_F_CREATE }

    private mutating func createTable(
        _ id: TableID, flags: TableFlags, comment: String?
    ) throws(NetfilterError) {
        let table = try Owned<TableKind>()
        try checked(
            unsafe nftnl_table_set_str(
                table.pointer, UInt16(NFTNL_TABLE_NAME.rawValue), id.name))
        unsafe nftnl_table_set_u32(
            table.pointer, UInt16(NFTNL_TABLE_FLAGS.rawValue), flags.rawValue)
        if let comment {
            let data = try legal(comment: comment)
            try checked(
                unsafe nftnl_table_set_data(
                    table.pointer, UInt16(NFTNL_TABLE_USERDATA.rawValue), data,
                    UInt32(data.count)))
        }
        try send(table, as: NFT_MSG_NEWTABLE, flags: Self.createFlags, family: id.family)
    }

    private mutating func deleteTable(_ id: TableID) throws(NetfilterError) {
        let table = try Owned<TableKind>()
        try checked(
            unsafe nftnl_table_set_str(
                table.pointer, UInt16(NFTNL_TABLE_NAME.rawValue), id.name))
        try send(table, as: NFT_MSG_DELTABLE, flags: 0, family: id.family)
    }

    private mutating func send(
        _ table: borrowing Owned<TableKind>, as type: nf_tables_msg_types, flags: Int32,
        family: TableFamily
    ) throws(NetfilterError) {
        let pointer = unsafe table.pointer
        try unsafe message(type, flags: flags, family: family) { header in
            unsafe nftnl_table_nlmsg_build_payload(header, pointer)
        }
    }

    private mutating func createChain(
        _ name: String, base: BaseChain?, comment: String?, in id: TableID
    ) throws(NetfilterError) {
        let chain = try chain(name, in: id)
        let pointer = unsafe chain.pointer
        if let base {
            unsafe nftnl_chain_set_u32(
                pointer, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue), base.hook.kernelNumber)
            unsafe nftnl_chain_set_s32(
                pointer, UInt16(NFTNL_CHAIN_PRIO.rawValue), base.priority)
            unsafe nftnl_chain_set_u32(
                pointer, UInt16(NFTNL_CHAIN_POLICY.rawValue), UInt32(NF_ACCEPT))
            try checked(
                unsafe nftnl_chain_set_str(
                    pointer, UInt16(NFTNL_CHAIN_TYPE.rawValue), base.kind.rawValue))
            if let device = base.device {
                try checked(
                    unsafe nftnl_chain_set_str(
                        pointer, UInt16(NFTNL_CHAIN_DEV.rawValue), device))
            }
        }
        if let comment {
            let data = try legal(comment: comment)
            try checked(
                unsafe nftnl_chain_set_data(
                    pointer, UInt16(NFTNL_CHAIN_USERDATA.rawValue), data, UInt32(data.count)))
        }
        try unsafe message(NFT_MSG_NEWCHAIN, flags: Self.createFlags, family: id.family) { header in
            unsafe nftnl_chain_nlmsg_build_payload(header, pointer)
        }
    }

    private mutating func deleteChain(_ name: String, in id: TableID) throws(NetfilterError) {
        let chain = try chain(name, in: id)
        let pointer = unsafe chain.pointer
        try unsafe message(NFT_MSG_DELCHAIN, family: id.family) { header in
            unsafe nftnl_chain_nlmsg_build_payload(header, pointer)
        }
    }

    private func chain(
        _ name: String, in id: TableID
    ) throws(NetfilterError) -> Owned<ChainKind> {
        let chain = try Owned<ChainKind>()
        try checked(
            unsafe nftnl_chain_set_str(
                chain.pointer, UInt16(NFTNL_CHAIN_TABLE.rawValue), id.name))
        try checked(
            unsafe nftnl_chain_set_str(
                chain.pointer, UInt16(NFTNL_CHAIN_NAME.rawValue), name))
        return chain
    }
}

extension RulesetChange {
    /// The names in the change, those of elements and rules apart.
    fileprivate var names: [String] {
        switch self {
        case .createTable(let id, _, _), .deleteTable(let id): [id.name]
        case .createSet(let id, let set), .addElements(let id, let set, _),
            .removeElements(let id, let set, _), .refill(let id, let set, _):
            [id.name, set.name]
        case .deleteSet(let id, let name), .createChain(let id, let name, _, _),
            .deleteChain(let id, let name), .replaceRules(let id, let name, _):
            [id.name, name]
        }
    }
}

/// Throws if a setter of libnftnl failed, which it does only without memory.
func checked(_ result: Int32) throws(NetfilterError) {
    guard result >= 0 else { throw NetfilterError(.encode, code: ENOMEM) }
}

/// The user data of a comment, if the comment is not too long for nft.
func legal(comment: String) throws(NetfilterError) -> [UInt8] {
    guard comment.utf8.count <= UserData.maximumCommentBytes else {
        throw NetfilterError(.encode, code: EMSGSIZE)
    }
    return UserData(comment: comment).bytes
}

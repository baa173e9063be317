internal import CNetfilter
internal import Glibc
internal import Ruleset

/// Elements as messages: about 500 a message, many messages a batch.
extension Transaction {
    /// Attribute bytes after which a message is full: their length has 16 bits, and the largest
    /// element (two keys, a verdict with a long name, a comment; twice) fits in the rest.
    private static let fullElementBytes = 63 * 1024

    /// Adds elements to a set or removes them.
    ///
    /// To add is exclusive: a key that is there is refused with `EEXIST`, by some kernels with
    /// `EBUSY` where it has another value (kernel: `nft_add_set_elem`).
    mutating func append(
        _ elements: [Element], of declaration: SetDeclaration, in id: TableID, isRemoval: Bool
    ) throws(NetfilterError) {
        try unsafe append(elements.count, of: declaration, in: id, isRemoval: isRemoval) {
            (layout, index, header) throws(NetfilterError) in
            try unsafe layout.write(elements[index], to: header)
        }
    }

    /// Adds elements that go by themselves.
    mutating func append(
        _ elements: [TimedElement], of declaration: SetDeclaration, in id: TableID
    ) throws(NetfilterError) {
        try unsafe append(elements.count, of: declaration, in: id, isRemoval: false) {
            (layout, index, header) throws(NetfilterError) in
            let timed = elements[index]
            try unsafe layout.write(
                timed.element, timeoutSeconds: timed.timeoutSeconds, to: header)
        }
    }

    /// Removes all elements of a set: the kernel reads a removal of none as one of all.
    mutating func empty(_ set: String, in id: TableID) throws(NetfilterError) {
        try unsafe message(NFT_MSG_DELSETELEM, family: id.family) { header in
            unsafe mnl_attr_put_strz(header, UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue), id.name)
            unsafe mnl_attr_put_strz(header, UInt16(NFTA_SET_ELEM_LIST_SET.rawValue), set)
        }
    }

    /// Writes so many elements, each by its number, into as many messages as it takes.
    private mutating func append(
        _ count: Int, of declaration: SetDeclaration, in id: TableID, isRemoval: Bool,
        write: (ElementLayout, Int, UnsafeMutablePointer<nlmsghdr>) throws(NetfilterError) -> Void
    ) throws(NetfilterError) {
        let layout = ElementLayout(declaration, family: id.family, isRemoval: isRemoval)
        var next = 0
        while next < count {
            let first = next
            noteElements(from: first, attributesPerElement: layout.attributesPerElement)
            try unsafe message(
                isRemoval ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM,
                flags: isRemoval ? 0 : NLM_F_CREATE | NLM_F_EXCL, family: id.family
            ) { header throws(NetfilterError) in
                unsafe mnl_attr_put_strz(
                    header, UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue), id.name)
                unsafe mnl_attr_put_strz(
                    header, UInt16(NFTA_SET_ELEM_LIST_SET.rawValue), declaration.name)
                let list = unsafe mnl_attr_nest_start(
                    header, UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue))
                while next < count,
                    unsafe header.pointee.nlmsg_len < Self.fullElementBytes
                {
                    do throws(NetfilterError) {
                        try unsafe write(layout, next, header)
                    } catch {
                        throw NetfilterError(.encode, code: error.code, elementIndex: next)
                    }
                    next += 1
                }
                unsafe mnl_attr_nest_end(header, list)
            }
        }
    }
}

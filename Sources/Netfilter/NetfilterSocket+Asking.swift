internal import CNetfilter
internal import Glibc
package import Ruleset

/// Asking for elements by their keys.
extension NetfilterSocket {
    /// Elements of one question: each is answered by a datagram of its own, and all of them have
    /// to fit into the socket's memory.
    private static let askedAtOnce = 256
    /// Bytes that an element's key takes in a question, at the most.
    private static let askedElementBytes = 160

    /// True if a set holds these elements and no others.
    ///
    /// The time grows with the number of elements, that of a listing with its square. False, too,
    /// if it cannot be told this way: of sets with ranges, and by kernels that do not say how many
    /// elements a set has (before Linux 6.17). As of one moment only if nobody commits meanwhile:
    /// compare the `generation()` before and after.
    package mutating func holds(
        _ set: ElementSet, in table: TableID
    ) throws(NetfilterError) -> Bool {
        guard !set.declaration.isInterval,
            try elementCount(of: table, in: set.declaration) == set.elements.count
        else { return false }
        return try finds(set.elements.values, of: table, in: set.declaration)
    }

    /// How many elements a set has; nil if this kernel does not say.
    ///
    /// Throws `ENOENT` if there is no such set.
    package mutating func elementCount(
        of table: TableID, in declaration: SetDeclaration
    ) throws(NetfilterError) -> Int? {
        var count: Int?
        try unsafe get(
            NFT_MSG_GETSET, family: table.family.protocolNumber,
            fill: { header in
                unsafe NetfilterSocket.put(table.name, as: NFTA_SET_TABLE.rawValue, to: header)
                unsafe NetfilterSocket.put(
                    declaration.name, as: NFTA_SET_NAME.rawValue, to: header)
            },
            { reply in
                let number = unsafe cnf_set_count(reply.message)
                if number >= 0 { count = Int(number) }
            })
        return count
    }

    /// True if a set without ranges holds each of these elements as they are here.
    package mutating func finds(
        _ elements: some Sequence<Element>, of table: TableID, in declaration: SetDeclaration
    ) throws(NetfilterError) -> Bool {
        var wanted: [Element] = []
        wanted.reserveCapacity(Self.askedAtOnce)
        for element in elements {
            wanted.append(element)
            guard wanted.count == Self.askedAtOnce else { continue }
            guard !Task.isCancelled else { throw NetfilterError(.read, code: ECANCELED) }
            guard try finds(wanted, of: table, in: declaration) else { return false }
            wanted.removeAll(keepingCapacity: true)
        }
        guard !wanted.isEmpty else { return true }
        return try finds(wanted, of: table, in: declaration)
    }

    /// One question.
    private mutating func finds(
        _ wanted: [Element], of table: TableID, in declaration: SetDeclaration
    ) throws(NetfilterError) -> Bool {
        let reader = ElementReader(declaration, family: table.family)
        var next = 0
        var areEqual = true
        do throws(NetfilterError) {
            try unsafe get(
                NFT_MSG_GETSETELEM, family: table.family.protocolNumber,
                questionBytes: Self.requestBytes + wanted.count * Self.askedElementBytes,
                fill: { header in
                    unsafe NetfilterSocket.put(wanted, of: table, in: declaration, to: header)
                },
                { reply throws(NetfilterError) in
                    var raw = unsafe cnf_element()
                    guard let attribute = unsafe cnf_element_first(reply.message),
                        unsafe cnf_element_get(attribute, &raw) >= 0, next < wanted.count
                    else { throw NetfilterError(.read, code: EBADMSG) }
                    if unsafe reader.element(of: raw) != wanted[next] { areEqual = false }
                    next += 1
                })
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
        return areEqual && next == wanted.count
    }

    private static func put(
        _ elements: [Element], of table: TableID, in declaration: SetDeclaration,
        to header: UnsafeMutablePointer<nlmsghdr>
    ) {
        unsafe put(table.name, as: NFTA_SET_ELEM_LIST_TABLE.rawValue, to: header)
        unsafe put(declaration.name, as: NFTA_SET_ELEM_LIST_SET.rawValue, to: header)
        let layout = ElementLayout(declaration, family: table.family, isRemoval: true)
        let list = unsafe mnl_attr_nest_start(
            header, UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue))
        for element in elements {
            // One that could not be written is not answered either.
            try? unsafe layout.write(element, to: header)
        }
        unsafe mnl_attr_nest_end(header, list)
    }
}

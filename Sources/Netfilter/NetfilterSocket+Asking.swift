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

    private mutating func finds(
        _ wanted: [Element], of table: TableID, in declaration: SetDeclaration
    ) throws(NetfilterError) -> Bool {
        var next = 0
        var areEqual = true
        try ask(wanted[...], of: table, in: declaration) { found in
            if found != wanted[next] { areEqual = false }
            next += 1
        }
        return areEqual && next == wanted.count
    }

    /// What a set without ranges holds under the keys of these elements, in their order; nil where
    /// it holds nothing, and everywhere if there is no such set.
    ///
    /// As of one moment only if nobody commits meanwhile: see `consistently`.
    package mutating func elements(
        underKeysOf wanted: [Element], of table: TableID, in declaration: SetDeclaration
    ) throws(NetfilterError) -> [Element?] {
        try requireSteady()
        var found: [Element?] = []
        found.reserveCapacity(wanted.count)
        var size = Self.askedAtOnce
        while found.count < wanted.count {
            guard !Task.isCancelled else { throw NetfilterError(.read, code: ECANCELED) }
            let question = wanted[found.count...].prefix(size)
            try ask(question, of: table, in: declaration) { found.append($0) }
            if found.count < question.endIndex {
                // What is not there ends the answer. Its neighbours are often not there either.
                found.append(nil)
                size = max(1, size / 2)
            } else {
                size = min(Self.askedAtOnce, size * 2)
            }
        }
        return found
    }

    /// One question: calls with what is there, in order, up to the first that is not.
    private mutating func ask(
        _ wanted: ArraySlice<Element>, of table: TableID, in declaration: SetDeclaration,
        _ body: (Element?) -> Void
    ) throws(NetfilterError) {
        let reader = ElementReader(declaration, family: table.family)
        var rest = wanted.count
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
                        unsafe cnf_element_get(attribute, &raw) >= 0, rest > 0
                    else { throw NetfilterError(.read, code: EBADMSG) }
                    rest -= 1
                    body(unsafe reader.element(of: raw))
                })
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    private static func put(
        _ elements: ArraySlice<Element>, of table: TableID, in declaration: SetDeclaration,
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

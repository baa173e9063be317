internal import CNetfilter
internal import Glibc
package import Ruleset

extension NetfilterSocket {
    /// Calls with each element of a set, without keeping them all.
    ///
    /// If somebody commits meanwhile, some elements may come twice and others not at all: compare
    /// the `generation()` before and after.
    package mutating func forEachElement(
        of table: TableID, in declaration: SetDeclaration, _ body: (Element) -> Void
    ) throws(NetfilterError) {
        guard !declaration.isInterval || declaration.isConcatenatedInterval else {
            for element in try elements(of: table, in: declaration) { body(element) }
            return
        }
        let reader = ElementReader(declaration, family: table.family)
        try unsafe forEachElement(of: table, in: declaration.name) { raw in
            if let element = unsafe reader.element(of: raw) { body(element) }
        }
    }

    /// Reads a table's chains, rules and set declarations, without elements; nil if there is no
    /// such table.
    package mutating func readFrame(of id: TableID) throws(NetfilterError) -> Table? {
        try consistently { socket throws(NetfilterError) in
            var header: Table?
            try unsafe socket.list(NFT_MSG_GETTABLE, family: UInt16(AF_UNSPEC)) {
                reply throws(NetfilterError) in
                if let table = try Table(reply), table.id == id { header = table }
            }
            guard let header else { return nil }
            return try TableReader(header).readFrame(with: &socket)
        }
    }

    /// Calls with each element of a set that counts, and with what it has counted, in one look.
    ///
    /// The listing is not made anew if somebody commits meanwhile: some elements may then come
    /// twice and others not at all, which whoever adds numbers up can live with.
    package mutating func forEachCounter(
        of table: TableID, in declaration: SetDeclaration,
        _ body: (Element, ElementCounter) -> Void
    ) throws(NetfilterError) {
        let reader = ElementReader(declaration, family: table.family)
        try unsafe forEachElement(of: table, in: declaration.name) { raw in
            guard unsafe raw.has_counter, let element = unsafe reader.element(of: raw) else {
                return
            }
            body(element, unsafe ElementCounter(packets: raw.packets, bytes: raw.bytes))
        }
    }
}

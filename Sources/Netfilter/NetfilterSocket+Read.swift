internal import CNetfilter
internal import Glibc
package import Ruleset

extension NetfilterSocket {
    /// The number of the kernel's ruleset: one more after each commit, of anybody.
    package mutating func generation() throws(NetfilterError) -> UInt32 {
        var generation: UInt32?
        try unsafe get(NFT_MSG_GETGEN, family: UInt16(AF_UNSPEC)) { reply in
            let number = unsafe cnf_generation(reply.message)
            if number >= 0 { generation = UInt32(number) }
        }
        guard let generation else { throw NetfilterError(.read, code: EBADMSG) }
        return generation
    }

    /// All tables of the families ip and ip6, with their flags and without what is in them.
    package mutating func listTables() throws(NetfilterError) -> [Table] {
        try consistently { socket throws(NetfilterError) in
            var tables: [Table] = []
            try unsafe socket.list(NFT_MSG_GETTABLE, family: UInt16(AF_UNSPEC)) {
                reply throws(NetfilterError) in
                if let table = try Table(reply) { tables.append(table) }
            }
            return tables.sorted { $0.id < $1.id }
        }
    }

    /// Reads tables with everything in them, as they were at one moment.
    ///
    /// Tables that are not in the kernel are not in the result. Dynamic sets read as empty: what
    /// the kernel put there is nobody's plan. What Sluice never writes reads as `.foreign`
    /// statements, as sets without a key and as chains that differ from any plan.
    ///
    /// The kernel's time for a listing grows with the square of a map's size: 100,000 elements
    /// take it 0.8 s, and a million minutes. Sets to be left out, named by table, read as empty.
    /// Throws `EINTR` if somebody commits, to whatever table, during each of many attempts.
    package mutating func read(
        _ ids: [TableID], leavingOut leftOut: [TableID: Set<String>] = [:]
    ) throws(NetfilterError) -> Ruleset {
        try consistently { socket throws(NetfilterError) in
            var ruleset = Ruleset()
            let wanted = Set(ids)
            var headers: [Table] = []
            try unsafe socket.list(NFT_MSG_GETTABLE, family: UInt16(AF_UNSPEC)) {
                reply throws(NetfilterError) in
                if let table = try Table(reply), wanted.contains(table.id) {
                    headers.append(table)
                }
            }
            for header in headers {
                ruleset.tables[header.id] = try TableReader(
                    header, leavingOut: leftOut[header.id] ?? []
                ).read(with: &socket)
            }
            return ruleset
        }
    }

    /// The elements of one set, dynamic ones too; `ENOENT` if there is no such set.
    package mutating func elements(
        of table: TableID, in declaration: SetDeclaration
    ) throws(NetfilterError) -> [Element] {
        try consistently { socket throws(NetfilterError) in
            var reader = ElementReader(declaration, family: table.family)
            try unsafe socket.forEachElement(of: table, in: declaration.name) {
                unsafe reader.add($0)
            }
            return try reader.elements()
        }
    }

    /// Calls with every element of a set, as it lies in the kernel's answer.
    mutating func forEachElement(
        of table: TableID, in set: String, _ body: (borrowing cnf_element) -> Void
    ) throws(NetfilterError) {
        try unsafe list(
            NFT_MSG_GETSETELEM, family: table.family.protocolNumber,
            fill: { header in
                unsafe NetfilterSocket.put(
                    table.name, as: NFTA_SET_ELEM_LIST_TABLE.rawValue, to: header)
                unsafe NetfilterSocket.put(set, as: NFTA_SET_ELEM_LIST_SET.rawValue, to: header)
            },
            { reply throws(NetfilterError) in
                var position = unsafe cnf_element_first(reply.message)
                while let attribute = unsafe position {
                    var element = unsafe cnf_element()
                    guard unsafe cnf_element_get(attribute, &element) >= 0 else {
                        throw NetfilterError(.read, code: EBADMSG)
                    }
                    unsafe body(element)
                    unsafe position = unsafe cnf_element_next(reply.message, attribute)
                }
            })
    }
}

/// What one element of a counting set has seen.
package struct ElementCounter: Hashable, Sendable {
    /// Packets that matched: in a NAT chain, connections.
    package let packets: UInt64
    /// Bytes of those packets.
    package let bytes: UInt64

    /// Makes a value.
    package init(packets: UInt64, bytes: UInt64) {
        self.packets = packets
        self.bytes = bytes
    }
}

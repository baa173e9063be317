package import Addressing

/// The family of an nftables table: which packets it sees.
package enum TableFamily: String, Hashable, Sendable, CaseIterable, Comparable {
    case ip
    case ip6
    /// What one device receives, before anything else sees it: the IPv4 packets.
    case netdev
    /// The same for IPv6. To the kernel both are `netdev`; a table of that family whose name ends
    /// with a 6 is taken for one of IPv6.
    case netdev6

    /// The families of packets on their way through the host; those at a device are apart.
    package static let allCases: [TableFamily] = [.ip, .ip6]

    /// The table family that sees packets of an address family.
    package init(_ family: IPFamily) {
        self = family == .v4 ? .ip : .ip6
    }

    /// The address family of the packets that the table sees.
    package var addressFamily: IPFamily { self == .ip || self == .netdev ? .v4 : .v6 }

    /// Bytes of an address in this family: 4 or 16.
    package var addressByteCount: Int { addressFamily == .v4 ? 4 : 16 }

    /// True if the chains stand at a device, before routing and connection tracking.
    package var isAtDevice: Bool { self == .netdev || self == .netdev6 }

    /// The spelling of `nft` in front of a table's name.
    package var word: String { isAtDevice ? "netdev" : rawValue }

    /// The spelling of `nft` in front of a header's fields: `ip` or `ip6`.
    package var headerWord: String { addressFamily == .v4 ? "ip" : "ip6" }

    /// Orders `ip` before `ip6`.
    package static func < (left: TableFamily, right: TableFamily) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A table's place in the kernel: its family and name.
package struct TableID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Which packets the table sees.
    package let family: TableFamily
    /// The name within the family.
    package let name: String

    /// Names a table; nothing is created.
    package init(_ family: TableFamily, _ name: String) {
        self.family = family
        self.name = name
    }

    /// The spelling of `nft list table`, for example `ip sluice`.
    package var description: String { "\(family.word) \(name)" }

    /// Orders by family, then by name.
    package static func < (left: TableID, right: TableID) -> Bool {
        (left.family, left.name) < (right.family, right.name)
    }
}

/// Table flags, with the values of the kernel's `enum nft_table_flags`.
package struct TableFlags: OptionSet, Hashable, Sendable {
    /// The flags as the kernel keeps them.
    package let rawValue: UInt32

    /// Takes flags as the kernel keeps them.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Only the socket that made the table may change it (Linux 5.12).
    package static let owner = TableFlags(rawValue: 0x2)
    /// An owned table outlives its owner, who may claim it again (Linux 6.9).
    package static let persist = TableFlags(rawValue: 0x4)
    /// Both: nobody else changes the table, and it outlives its owner.
    package static let owned: TableFlags = [.owner, .persist]
}

/// One table with everything in it.
package struct Table: Hashable, Sendable {
    /// Family and name.
    package let id: TableID
    /// Who may change the table.
    package var flags: TableFlags
    /// Text for the reader of a listing, at most 128 bytes.
    package var comment: String?
    /// Chains by name.
    package var chains: [String: Chain]
    /// Sets and maps by name.
    package var sets: [String: ElementSet]

    /// Makes a table value; it is empty unless chains and sets are given.
    package init(
        _ id: TableID, flags: TableFlags = [], comment: String? = nil,
        chains: [Chain] = [], sets: [ElementSet] = []
    ) {
        self.id = id
        self.flags = flags
        self.comment = comment
        self.chains = [:]
        self.sets = [:]
        for chain in chains { self.chains[chain.name] = chain }
        for set in sets { self.sets[set.declaration.name] = set }
    }

    /// The same table with no chains and no sets.
    package var header: Table { Table(id, flags: flags, comment: comment) }
}

/// A number of tables: what should be in the kernel, or what was found there.
package struct Ruleset: Hashable, Sendable {
    /// Tables by family and name.
    package var tables: [TableID: Table]

    /// Makes a ruleset of these tables.
    package init(_ tables: [Table] = []) {
        self.tables = [:]
        for table in tables { self.tables[table.id] = table }
    }
}

import Addressing
import Netfilter
import Ruleset
import Support
import Testing

/// Sets of ranges, which the kernel keeps as pairs of ends.
@Suite("Ranges")
struct IntervalTests {
    private func table(_ family: TableFamily, _ blocks: [String]) -> Table {
        Table(
            TableID(family, "sluice"),
            sets: [
                ElementSet(
                    SetDeclaration("pods", key: [.sourceAddress], isInterval: true),
                    elements: blocks.enumerated().map { index, block in
                        Element(block: block, comment: index % 2 == 0 ? block : nil)
                    })
            ])
    }

    static let cases: [(TableFamily, [String])] = [
        (.ip, []),
        (.ip, ["0.0.0.0/0"]),
        (.ip, ["0.0.0.0/1", "128.0.0.0/1"]),
        (.ip, ["0.0.0.0/32", "255.255.255.255/32"]),
        (.ip, ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.4.0/24"]),
        (.ip, ["10.0.0.1/32", "10.0.0.2/32", "10.0.0.4/32", "240.0.0.0/4"]),
        (.ip6, ["::/0"]),
        (.ip6, ["::/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"]),
        (.ip6, ["fd00::/64", "fd00:0:0:1::/64", "fd00:0:0:2::1/128", "ff00::/8"]),
    ]

    @Test("ranges read back, list in nft, and can be taken out one by one", arguments: cases)
    func blocks(family: TableFamily, blocks: [String]) throws {
        var kernel = try Kernel()
        let plan = table(family, blocks)
        try kernel.load(plan)
        #expect(try kernel.tables() == Ruleset([plan]))

        let listing = try kernel.namespace.nft("list", "ruleset")
        let there = try Kernel()
        try there.namespace.nft("-f", "-", input: listing)
        #expect(try there.namespace.nft("list", "ruleset") == listing)

        var present = Ruleset([plan])
        var rest = blocks
        while !rest.isEmpty {
            rest.removeFirst()
            let next = Ruleset([table(family, blocks).keeping(rest.map { Element(block: $0).key })])
            try kernel.socket.commit(present.changes(to: next))
            #expect(try kernel.tables() == next)
            present = next
        }
    }

    @Test("ranges loaded by nft read as the same ranges", arguments: cases)
    func loadedByNft(family: TableFamily, blocks: [String]) throws {
        var kernel = try Kernel()
        let elements = blocks.isEmpty ? "" : "elements = { \(blocks.joined(separator: ", ")) }"
        try kernel.namespace.nft(
            "-f", "-",
            input: """
                table \(family.rawValue) sluice {
                    set pods {
                        typeof \(family.rawValue) saddr
                        flags interval
                        \(elements)
                    }
                }
                """)
        let found = try kernel.tables().tables[TableID(family, "sluice")]?.sets["pods"]
        #expect(found?.elements.values.map(\.comment).allSatisfy { $0 == nil } == true)
        let addresses = found?.elements.values.sorted { $0.key < $1.key }
        let expected = blocks.map { Element(block: $0) }.sorted { $0.key < $1.key }
        #expect(addresses == expected)
    }

    @Test("overlapping ranges are refused, and the element is named")
    func overlap() throws {
        var kernel = try Kernel()
        let plan = table(.ip, ["10.0.0.0/16"])
        try kernel.load(plan)
        let declaration = SetDeclaration("pods", key: [.sourceAddress], isInterval: true)
        let error = try kernel.refusal(of: [
            .addElements(
                plan.id, declaration,
                [Element(block: "10.2.0.0/16"), Element(block: "10.0.3.0/24")])
        ])
        #expect(error?.operation == .commit)
        #expect(error?.changeIndex == 0)
        #expect(error?.elementIndex == 1)
    }

    @Test("ranges of several fields read back", arguments: TableFamily.allCases)
    func concatenated(family: TableFamily) throws {
        var kernel = try Kernel()
        let declaration = SetDeclaration(
            "allowed", key: [.destinationPort, .sourceAddress, .transportProtocol],
            isInterval: true)
        func key(_ port: UInt32, _ number: Int, _ transport: TransportProtocol) -> ElementData {
            var key = ElementData(port << 16).with(family, number)
            key.append(transport)
            return key
        }
        let elements = [
            Element(key(80, 1, .tcp)),
            Element(key(80, 4, .tcp), through: key(80, 7, .tcp), comment: "aligned"),
            Element(key(81, 3, .udp), through: key(90, 9, .udp), comment: "two ranges"),
        ]
        let id = TableID(family, "sluice")
        let plan = Table(id, sets: [ElementSet(declaration, elements: elements)])
        try kernel.load(plan)
        #expect(try kernel.tables() == Ruleset([plan]))
        try kernel.socket.commit([.removeElements(id, declaration, [elements[1]])])
        #expect(
            try kernel.tables()
                == Ruleset([
                    Table(
                        id, sets: [ElementSet(declaration, elements: [elements[0], elements[2]])])
                ]))
    }
}

extension Table {
    /// The same table with only these keys in its sets.
    fileprivate func keeping(_ keys: [ElementData]) -> Table {
        var table = self
        for (name, set) in sets {
            table.sets[name]?.elements = set.elements.filter { keys.contains($0.key) }
        }
        return table
    }
}

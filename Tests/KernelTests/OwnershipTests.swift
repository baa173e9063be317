import Glibc
import Netfilter
import Ruleset
import Support
import Testing

/// Tables that belong to a socket, outlive it, and are claimed by the next.
@Suite("Table ownership")
struct OwnershipTests {
    private let id = TableID(.ip, "sluice")
    private let both: TableFlags = [.owner, .persist]

    private func isSupported(_ kernel: borrowing Kernel) throws -> Bool {
        var probe = try NetfilterSocket(inNamespace: kernel.namespace.name)
        return try probe.supportsTableOwnership()
    }

    /// Makes an owned table and lets its owner go; false if the kernel has no such tables.
    private func leaveOrphan(_ table: Table, in namespace: NetworkNamespace) throws -> Bool {
        guard try own(table, in: namespace) else { return false }
        // A program that another test starts just now may hold a copy of the owner's socket.
        var observer = try NetfilterSocket(inNamespace: namespace.name)
        try #require(
            eventually { try observer.read([table.id]).tables[table.id]?.flags == .persist })
        return true
    }

    /// Makes an owned table, whose owner is gone afterwards; false as above.
    private func own(_ table: Table, in namespace: NetworkNamespace) throws -> Bool {
        var owner = try NetfilterSocket(inNamespace: namespace.name)
        guard try owner.supportsTableOwnership() else { return false }
        try owner.commit(Ruleset().changes(to: Ruleset([table])))
        return true
    }

    @Test("the probe leaves nothing behind, and knows what this kernel can do")
    func probe() throws {
        var kernel = try Kernel()
        let isSupported = try kernel.socket.supportsTableOwnership()
        #expect(try kernel.socket.listTables().isEmpty)
        let error = try kernel.refusal(of: [.createTable(id, flags: both, comment: nil)])
        #expect((error == nil) == isSupported)
    }

    @Test("an owned table survives a flush, and nobody else can change it")
    func flush() throws {
        var kernel = try Kernel()
        guard try isSupported(kernel) else { return }
        let plan = DataPlane.table(.ip, flags: both)
        try kernel.load(plan)
        try kernel.namespace.nft("flush", "ruleset")
        #expect(try kernel.tables() == Ruleset([plan]))
        #expect(throws: CommandFailure.self) {
            try kernel.namespace.nft("delete", "table", "ip", "sluice")
        }
        var other = try NetfilterSocket(inNamespace: kernel.namespace.name)
        #expect(try other.read([id]) == Ruleset([plan]))
        #expect(throws: NetfilterError(.commit, code: EPERM, changeIndex: 0)) {
            try other.commit([.createTable(id, flags: both, comment: nil)])
        }
        #expect(throws: NetfilterError(.commit, code: EPERM, changeIndex: 0)) {
            try other.commit([.deleteChain(id, name: "input")])
        }
        #expect(try kernel.tables() == Ruleset([plan]))
    }

    @Test("a table outlives its owner, and the next socket claims it without a gap")
    func claim() throws {
        let namespace = try NetworkNamespace()
        var plan = DataPlane.table(.ip, flags: both)
        guard try leaveOrphan(plan, in: namespace) else { return }

        var second = try NetfilterSocket(inNamespace: namespace.name)
        var found = try second.read([id])
        #expect(found.tables[id]?.flags == .persist)
        #expect(found.tables[id]?.canBeClaimed(with: both) == true)
        plan.chains["refuse"]?.rules = [Rule(.verdict(.drop))]
        let changes = found.changes(to: Ruleset([plan]))
        #expect(
            changes == [
                .createTable(id, flags: both, comment: plan.comment),
                .replaceRules(id, chain: "refuse", [Rule(.verdict(.drop))]),
            ])
        try second.commit(changes)
        #expect(try second.read([id]) == Ruleset([plan]))
        found.apply(changes)
        #expect(found == Ruleset([plan]))

        var third = try NetfilterSocket(inNamespace: namespace.name)
        #expect(throws: NetfilterError(.commit, code: EPERM, changeIndex: 0)) {
            try third.commit([.deleteTable(id)])
        }
    }

    @Test("a table that nobody owns may be flushed: the claim then makes it anew")
    func orphan() throws {
        let namespace = try NetworkNamespace()
        let plan = DataPlane.table(.ip, flags: both)
        guard try leaveOrphan(plan, in: namespace) else { return }
        try namespace.nft("flush", "ruleset")
        var second = try NetfilterSocket(inNamespace: namespace.name)
        let found = try second.read([id])
        try second.commit(found.changes(to: Ruleset([plan])))
        #expect(try second.read([id]) == Ruleset([plan]))
    }

    @Test("a table made without flags cannot be claimed, only made anew in the same commit")
    func plainTable() throws {
        var kernel = try Kernel()
        guard try isSupported(kernel) else { return }
        let plain = DataPlane.table(.ip)
        try kernel.load(plain)
        let error = try kernel.refusal(of: [.createTable(id, flags: both, comment: nil)])
        #expect(error == NetfilterError(.commit, code: EOPNOTSUPP, changeIndex: 0))
        let owned = DataPlane.table(.ip, flags: both)
        let before = try kernel.socket.generation()
        try kernel.socket.commit(Ruleset([plain]).changes(to: Ruleset([owned])))
        #expect(try kernel.socket.generation() == before + 1)
        #expect(try kernel.tables() == Ruleset([owned]))
    }

    @Test("plain tables are anybody's: a flush takes them, and they can be committed again")
    func plainFlush() throws {
        var kernel = try Kernel()
        let plan = Ruleset([DataPlane.table(.ip), DataPlane.table(.ip6)])
        try kernel.socket.commit(Ruleset().changes(to: plan))
        try kernel.namespace.nft("flush", "ruleset")
        #expect(try kernel.tables() == Ruleset())
        try kernel.socket.commit(kernel.tables().changes(to: plan))
        #expect(try kernel.tables() == plan)
    }

    @Test("creating what is there alike changes nothing")
    func repeated() throws {
        var kernel = try Kernel()
        let table = DataPlane.table(.ip)
        try kernel.load(table)
        var changes: [RulesetChange] = [.createTable(id, flags: [], comment: table.comment)]
        changes += table.chains.values.map {
            .createChain(id, name: $0.name, base: $0.base, comment: $0.comment)
        }
        changes += table.sets.values.map { .createSet(id, $0.declaration) }
        try kernel.socket.commit(changes)
        #expect(try kernel.tables() == Ruleset([table]))
    }
}

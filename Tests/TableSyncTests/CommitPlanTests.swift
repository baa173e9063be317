import Ruleset
import Testing

@testable import TableSync

@Suite("How long lists of changes are divided")
struct CommitPlanTests {
    private let id = TableID(.ip, "sluice")
    private let set = SetDeclaration("endpoints", key: [.destinationAddress])
    private let map = SetDeclaration("services", key: [.destinationAddress], value: .verdict)
    private let limit = CommitPlan.elementsPerTransaction

    private func elements(_ count: Int) -> [Element] {
        (0..<UInt32(count)).map { number in
            var key = ElementData()
            key.append(register: number)
            return Element(key)
        }
    }

    private func added(_ count: Int, to set: SetDeclaration? = nil) -> RulesetChange {
        .addElements(id, set ?? self.set, elements(count))
    }

    @Test("changes up to the limit are one transaction, one element more is a second one")
    func atTheLimit() {
        #expect(CommitPlan.transactions(for: [added(limit)]) == [[added(limit)]])
        let divided = CommitPlan.transactions(for: [added(limit + 1)])
        #expect(divided.map { $0.map(\.size) } == [[limit], [1]])
        #expect(divided[1] == [.addElements(id, set, [elements(limit + 1)[limit]])])
    }

    @Test("several sets share a transaction's room, and a set that does not fit is divided")
    func shared() {
        let divided = CommitPlan.transactions(for: [
            added(limit - 10), added(25, to: map), added(limit),
        ])
        #expect(divided.map { $0.map(\.size) } == [[limit - 10, 10], [15, limit - 15], [15]])
    }

    @Test("the order is kept, and nothing is lost or told twice")
    func order() {
        let changes: [RulesetChange] = [
            .createTable(id, flags: [], comment: nil), .createSet(id, set), .createSet(id, map),
            .createChain(id, name: "a", base: nil, comment: nil),
            .replaceRules(id, chain: "a", [Rule(.verdict(.drop))]),
            added(2 * limit + 7), added(limit / 2, to: map),
        ]
        let divided = CommitPlan.transactions(for: changes)
        #expect(divided.count == 3)
        #expect(divided.allSatisfy { $0.reduce(0) { $0 + $1.elementCount } <= limit })
        var joined: [RulesetChange] = []
        for change in divided.joined() {
            if case .addElements(let table, let set, let more) = change,
                case .addElements(table, set, let before) = joined.last
            {
                joined[joined.count - 1] = .addElements(table, set, before + more)
            } else {
                joined.append(change)
            }
        }
        #expect(joined == changes)
    }

    @Test("who is where comes first and what refuses last, table after table")
    func stages() {
        let other = TableID(.ip6, "sluice")
        let refusing = SetDeclaration("cluster_ips", key: [.destinationAddress])
        let around = SetDeclaration("service_ranges", key: [.destinationAddress])
        func changes(_ id: TableID) -> [RulesetChange] {
            [
                .createTable(id, flags: [], comment: nil),
                .addElements(id, refusing, elements(1)), .addElements(id, set, elements(1)),
                .addElements(id, around, elements(1)), .addElements(id, map, elements(1)),
            ]
        }
        let all = changes(id) + changes(other)
        let divided = CommitPlan.transactions(for: all, of: 7)
        let order = [0, 3, 2, 4, 1].map { all[$0] } + [5, 8, 7, 9, 6].map { all[$0] }
        #expect(divided.map(\.count) == [5, 5])
        #expect(Array(divided.joined()) == order)
    }

    @Test("a removal among the changes keeps them all together")
    func removal() {
        let removals: [RulesetChange] = [
            .removeElements(id, set, elements(1)), .deleteChain(id, name: "a"),
            .deleteSet(id, name: "m"), .deleteTable(id),
        ]
        for removal in removals {
            let changes = [removal, added(limit + 1)]
            #expect(CommitPlan.transactions(for: changes) == [changes])
        }
    }

    @Test("nothing to do is no transaction")
    func nothing() {
        #expect(CommitPlan.transactions(for: []).isEmpty)
    }
}

extension RulesetChange {
    fileprivate var elementCount: Int {
        if case .addElements(_, _, let elements) = self { return elements.count }
        return 0
    }
}

import Addressing
import Fixtures
import Forwarding
import Netfilter
import Ruleset
import Testing

@testable import TableSync

@Suite("Filling tables that are not there")
struct TableFillingTests {
    /// The transactions that fill a table, of at most so many elements each.
    private func transactions(
        _ plan: ForwardingTable, limits: [Int], families: [IPFamily] = IPFamily.allCases
    ) throws -> [[RulesetChange]] {
        var transactions: [[RulesetChange]] = []
        var filling = TableFilling(plan, limit: limits[0])
        try filling.fill(families) { transaction throws(NetfilterError) in
            transactions.append(transaction)
            return limits[transactions.count % limits.count]
        }
        return transactions
    }

    /// How many elements come, and how many of them count.
    private func counts(_ transaction: [RulesetChange]) -> (all: Int, limited: Int) {
        transaction.reduce(into: (0, 0)) { counts, change in
            guard case .addElements(_, let set, let elements) = change else { return }
            counts.all += elements.count
            if set.fillingStage != .surroundings { counts.limited += elements.count }
        }
    }

    @Test(
        "all of it comes, each element once, and no transaction has more than it may",
        arguments: [[1], [7], [3, 50, 1], [100_000]])
    func complete(limits: [Int]) throws {
        for plan in [ExampleServices.table(), ExampleBalancer.table()] {
            let whole = plan.ruleset
            let transactions = try transactions(plan, limits: limits)
            var ruleset = Ruleset()
            for transaction in transactions { ruleset.apply(transaction) }
            #expect(ruleset == whole)
            let counts = transactions.map(counts)
            for (index, count) in counts.enumerated() {
                #expect(count.limited <= limits[index % limits.count])
            }
            let all = whole.tables.values.flatMap(\.sets.values).map(\.elements.count)
            #expect(counts.map(\.all).reduce(0, +) == all.reduce(0, +))
        }
    }

    @Test("rules come together with who is where, whatever the limit")
    func surroundings() throws {
        for transaction in try transactions(ExampleServices.table(), limits: [1]) {
            for case .createTable(let id, _, _) in transaction {
                let around = transaction.filter { change in
                    guard case .addElements(id, let set, _) = change else { return false }
                    return set.fillingStage == .surroundings
                }
                #expect(around.count == 3)
            }
        }
    }

    @Test("one family's table comes alone")
    func oneFamily() throws {
        let plan = ExampleServices.table()
        var ruleset = Ruleset()
        for transaction in try transactions(plan, limits: [20], families: [.v6]) {
            ruleset.apply(transaction)
        }
        #expect(ruleset == Ruleset([plan.wholeTable(.v6)]))
    }

    @Test("a table of few Services is one transaction, and no table is none")
    func small() throws {
        let plan = ForwardingTable(layout: ForwardingLayout(role: .node), surroundings: .example)
        #expect(try transactions(plan, limits: [1_000]).count == 1)
        #expect(try transactions(plan, limits: [1_000], families: []).isEmpty)
    }
}

@Suite("How large the next transaction is")
struct FillingPaceTests {
    @Test("a slow kernel gets less at once, a fast one slowly more, both within bounds")
    func follows() {
        var pace = FillingPace()
        let first = pace.elements
        pace.note(FillingPace.aim)
        #expect(pace.elements == first)
        pace.note(FillingPace.aim / 2)
        #expect(pace.elements == first * 5 / 4)
        pace.note(FillingPace.aim * 2)
        #expect(pace.elements == first * 5 / 8)
        pace.note(.seconds(60))
        #expect(pace.elements == FillingPace.fewest)
        for _ in 0..<20 { pace.note(.zero) }
        #expect(pace.elements == FillingPace.most)
    }
}

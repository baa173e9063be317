import Addressing
import Fixtures
import Forwarding
import Ruleset
import ServiceModel
import Testing

@Suite("Two Services that want the same frontend")
struct ConflictTests {
    private let first = ExampleServices.identity("first")
    private let second = ExampleServices.identity("second")
    private let third = ExampleServices.identity("third")
    private let places = ExamplePlaces(.v4)

    private func entry(
        _ service: ServiceIdentity, nodePort: UInt16 = 30_000, created day: Int? = nil
    ) -> ForwardingEntry {
        var entry = ForwardingEntry(
            Frontend(places.node, .tcp, port(nodePort)), label: "\(service) nodePort",
            backends: [endpoint(places.localPod(2), 8080)], localCount: 1,
            sourceHiding: .everyClient)
        entry.created = day.flatMap { CreationTime("2026-01-1\($0)T12:00:00Z") }
        return entry
    }

    private func emptyTable() -> ForwardingTable {
        ForwardingTable(layout: ForwardingLayout(role: .node), surroundings: .example)
    }

    @Test("the older one has it, whichever came first, and the younger one waits", arguments: 0...1)
    func older(order: Int) throws {
        var table = emptyTable()
        var kernel = table.ruleset
        let old = [entry(second, created: 1)]
        let young = [entry(first, created: 2), entry(first, nodePort: 30_001, created: 2)]
        let updates = [(service: second, entries: old), (service: first, entries: young)]
        var conflicts: [FrontendConflict] = []
        for (service, entries) in order == 0 ? updates : updates.reversed() {
            let replacement = table.replace(service, with: entries)
            kernel.apply(replacement.changes)
            conflicts = replacement.conflicts
        }
        #expect(conflicts.map(\.holder) == [second] && conflicts.map(\.refused) == [first])
        #expect(table.entries(of: second) == old)
        #expect(table.entries(of: first) == [young[1]])
        #expect(table.holder(of: old[0].frontend) == second)
        #expect(kernel == table.ruleset)
        kernel.apply(table.replace(second, with: []).changes)
        #expect(table.entries(of: first) == young)
        #expect(kernel == table.ruleset)
    }

    @Test("a takeover that the kernel refuses leaves all as it was")
    func refusedTakeover() {
        var table = emptyTable()
        _ = table.replace(first, with: [entry(first, created: 2)])
        let before = table.ruleset
        let takeover = table.replace(second, with: [entry(second, created: 1)])
        #expect(Set(takeover.replaced.map(\.service)) == [first, second])
        table.revert(takeover)
        #expect(table.ruleset == before)
        #expect(table.entries(of: first) == [entry(first, created: 2)])
        #expect(table.request(of: second).isEmpty)
    }

    @Test("one that was made anew is younger, and loses it to the one that waited")
    func madeAnew() {
        var table = emptyTable()
        var kernel = table.ruleset
        kernel.apply(table.replace(first, with: [entry(first, created: 1)]).changes)
        kernel.apply(table.replace(second, with: [entry(second, created: 2)]).changes)
        let replacement = table.replace(first, with: [entry(first, created: 3)])
        kernel.apply(replacement.changes)
        #expect(table.holder(of: entry(first).frontend) == second)
        #expect(replacement.conflicts.map(\.refused) == [first])
        #expect(kernel == table.ruleset)
    }

    @Test("one that does not say its age comes after those that do")
    func ageless() {
        var table = emptyTable()
        _ = table.replace(first, with: [entry(first)])
        _ = table.replace(second, with: [entry(second, created: 9)])
        #expect(table.holder(of: entry(first).frontend) == second)
    }

    @Test("of two of one age the first by name has it, and the other is told")
    func firstByName() throws {
        var table = emptyTable()
        _ = table.replace(first, with: [entry(first)])
        let replacement = table.replace(
            second, with: [entry(second), entry(second, nodePort: 30_001)])
        let conflict = try #require(replacement.conflicts.first)
        #expect(replacement.conflicts.count == 1)
        #expect(
            conflict.description
                == "192.168.50.1:30000/tcp of default/second is left out: default/first has it, "
                + "which is older or comes first by name")
        #expect(table.entries(of: first) == [entry(first)])
        #expect(table.entries(of: second) == [entry(second, nodePort: 30_001)])
    }

    @Test("the other gets it in the same changes in which it becomes free")
    func waiterGetsIt() {
        var table = emptyTable()
        var kernel = table.ruleset
        kernel.apply(table.replace(first, with: [entry(first)]).changes)
        kernel.apply(table.replace(third, with: [entry(third)]).changes)
        kernel.apply(table.replace(second, with: [entry(second)]).changes)
        let replacement = table.replace(first, with: [])
        kernel.apply(replacement.changes)
        #expect(table.entries(of: second) == [entry(second)])
        #expect(table.holder(of: entry(second).frontend) == second)
        #expect(replacement.conflicts.map(\.refused) == [third])
        #expect(kernel == table.ruleset)
    }

    @Test("a refused change gives it back to the one that had it")
    func revert() {
        var table = emptyTable()
        _ = table.replace(first, with: [entry(first)])
        _ = table.replace(second, with: [entry(second)])
        let before = table.ruleset
        table.revert(table.replace(first, with: []))
        #expect(table.entries(of: first) == [entry(first)])
        #expect(table.entries(of: second).isEmpty)
        #expect(table.ruleset == before)
        _ = table.replace(first, with: [])
        #expect(table.entries(of: second) == [entry(second)])
    }

    @Test("the newest wish of a waiting Service counts, even within one transaction")
    func newestWish() {
        var table = emptyTable()
        _ = table.replace(first, with: [entry(first)])
        _ = table.replace(second, with: [entry(second)])
        let wish = [entry(second, nodePort: 30_009)]
        _ = table.replace([(first, []), (second, wish)])
        #expect(table.entries(of: second) == wish)
        #expect(table.holder(of: entry(second).frontend) == nil)
    }

    @Test("two Services can swap frontends in one transaction, one after the other")
    func handOver() {
        var table = emptyTable()
        var kernel = table.ruleset
        kernel.apply(table.replace(first, with: [entry(first)]).changes)
        kernel.apply(table.replace([(second, [entry(second)]), (first, [])]).changes)
        #expect(table.entries(of: second) == [entry(second)])
        #expect(kernel == table.ruleset)
    }

    @Test("a Service that names a frontend twice gets it once, as named first")
    func twice() {
        var table = emptyTable()
        var other = entry(first)
        other.backends = [endpoint(places.localPod(3), 8080)]
        let replacement = table.replace(first, with: [entry(first), other])
        #expect(table.entries(of: first) == [entry(first)])
        #expect(replacement.conflicts.map(\.holder) == [first])
    }
}

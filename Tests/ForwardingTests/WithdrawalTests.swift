import Addressing
import Fixtures
import Forwarding
import Ruleset
import ServiceModel
import Support
import Testing

@Suite("Backends that go, before anything else")
struct WithdrawalTests {
    private let places = ExamplePlaces(.v4)

    private func entry(
        local: [Int], remote: [Int] = [], isLocalForOutside: Bool = false
    ) -> ForwardingEntry {
        let backends =
            local.map { endpoint(places.localPod($0), 8080) }
            + remote.map { endpoint(places.remotePod($0), 8080) }
        return ForwardingEntry(
            Frontend(places.clusterIP(1), .tcp, port(80)), label: "default/web",
            backends: backends, localCount: local.count, isLocalForOutside: isLocalForOutside,
            sourceHiding: .byServiceRange)
    }

    @Test("a slot of a backend that goes leads to one of the same side that stays")
    func sides() {
        let before = entry(local: [1, 2], remote: [1, 2, 3])
        #expect(
            before.withdrawing(for: entry(local: [2], remote: [1, 2, 3]))
                == entry(local: [2, 2], remote: [1, 2, 3]))
        let first = before.withdrawing(for: entry(local: [1, 2], remote: [3]))
        #expect(first == entry(local: [1, 2], remote: [3, 3, 3]))
    }

    @Test("one that goes and still serves keeps its flows meanwhile")
    func conversing() {
        var next = entry(local: [1])
        next.conversing = entry(local: [2]).backends
        let first = entry(local: [1, 2]).withdrawing(for: next)
        #expect(first?.backends == entry(local: [1, 1]).backends)
        #expect(first?.conversing == next.conversing)
    }

    @Test("where a side has none left the other one serves")
    func otherSide() {
        #expect(
            entry(local: [1], remote: [1]).withdrawing(for: entry(local: [], remote: [1]))?.backends
                == entry(local: [], remote: [1, 1]).backends)
        #expect(
            entry(local: [1], remote: [1]).withdrawing(for: entry(local: [1]))
                == ForwardingEntry?.some(duplicated(entry(local: [1, 1]), localCount: 1)))
    }

    private func duplicated(_ entry: ForwardingEntry, localCount: Int) -> ForwardingEntry {
        var entry = entry
        entry.localCount = localCount
        return entry
    }

    @Test("clients who are promised local backends get no other")
    func promised() {
        let before = entry(local: [1], remote: [1], isLocalForOutside: true)
        let after = entry(local: [], remote: [1], isLocalForOutside: true)
        #expect(before.withdrawing(for: after) == nil)
    }

    @Test("what comes, what replaces one for one, and what leaves none needs no first step")
    func none() {
        let before = entry(local: [1, 2])
        #expect(before.withdrawing(for: entry(local: [1, 2, 3])) == nil)
        #expect(before.withdrawing(for: entry(local: [1, 3])) == nil)
        #expect(before.withdrawing(for: entry(local: [])) == nil)
    }

    @Test("the first step touches no verdict, and no backend that goes is left", arguments: 0..<50)
    func random(seed: UInt64) {
        var random = RandomEntries(seed: seed)
        var table = ForwardingTable(layout: ForwardingLayout(role: .node))
        for _ in 0..<20 {
            let service = random.service()
            let next = random.entries(of: service)
            if let first = table.withdrawal(of: service, for: next) {
                let replacement = table.replace(service, with: first)
                for change in replacement.changes { #expect(change.isAboutData, "\(change)") }
            }
            _ = table.replace(service, with: next)
        }
    }
}

extension RulesetChange {
    fileprivate var isAboutData: Bool {
        switch self {
        case .addElements(_, let set, _), .removeElements(_, let set, _): set.value != .verdict
        default: false
        }
    }
}

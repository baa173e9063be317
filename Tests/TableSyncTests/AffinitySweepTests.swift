import Addressing
import Forwarding
import Ruleset
import Testing

@testable import TableSync

@Suite("Where clients are looked for")
struct AffinitySweepTests {
    private let layout = ForwardingLayout(role: .node)

    /// The maps that have to be listed: a listing takes long where many clients are remembered.
    private func maps(_ sweep: AffinitySweep) -> [String] {
        TableFamily.allCases.flatMap { family in
            [layout.affinityMap(family), layout.serviceAffinityMap(family)]
                .filter { sweep.looks(into: $0.declaration, family) }
                .map { "\(family) \($0.declaration.name)" }
        }
    }

    private func shared(_ entry: ForwardingEntry) -> ForwardingEntry {
        var entry = entry
        entry.affinityService = entry.frontend.address
        return entry
    }

    @Test("a change is looked for in the map alone that its clients are remembered in")
    func oneMap() {
        var sweep = AffinitySweep()
        #expect(maps(sweep) == [])
        let four = clusterIP(11, to: [2, 3], .v4, affinity: 600)
        sweep.note(from: [four], to: [])
        #expect(maps(sweep) == ["ip affinity"])
        let six = shared(clusterIP(12, to: [2, 3], .v6, affinity: 600))
        sweep.note(from: [six], to: [])
        #expect(maps(sweep) == ["ip affinity", "ip6 service_affinity"])
        sweep.endRound()
        #expect(!maps(sweep).isEmpty)
        sweep.endRound()
        #expect(maps(sweep) == [])
    }

    @Test("after a start all maps of address families are, since nobody knows what was before")
    func start() {
        var sweep = AffinitySweep(all: [])
        #expect(Set(maps(sweep)).count == TableFamily.allCases.count * 2)
        sweep.endRound()
        #expect(maps(sweep) == [])
    }
}

import Addressing
import Forwarding
import Netfilter
import Testing

@testable import TableSync

@Suite("Flows that are looked for after a change")
struct FlowSweepTests {
    private func filters(_ sweep: FlowSweep) -> Set<FlowFilter> { Set(sweep.filters) }

    private func gone(_ number: Int, from frontend: Int = 11) -> FlowFilter {
        let entry = clusterIP(frontend, to: [number], .v4, .udp)
        return FlowFilter(of: entry.frontend, to: entry.backends[0])
    }

    private func entry(_ pods: [Int], _ number: Int = 11) -> ForwardingEntry {
        clusterIP(number, to: pods, .v4, .udp)
    }

    @Test("each change gets a number of looks, counted from its own time")
    func looks() {
        var sweep = FlowSweep()
        #expect(sweep.isEmpty)
        sweep.note(from: [entry([2, 3, 4])], to: [entry([3, 4])])
        for _ in 1..<FlowSweep.looks { sweep.endLook(at: sweep.filters) }
        #expect(filters(sweep) == [gone(2)])
        let looked = sweep.filters
        sweep.note(from: [entry([3, 4])], to: [entry([4])])
        sweep.endLook(at: looked)
        #expect(filters(sweep) == [gone(3)])
        for _ in 0..<FlowSweep.looks { sweep.endLook(at: sweep.filters) }
        #expect(sweep.isEmpty)
    }

    @Test("a look is for what is new, and for what was looked for when it is time for that")
    func repetition() {
        var sweep = FlowSweep()
        sweep.note(from: [entry([2, 3, 4])], to: [entry([3, 4])])
        let first = sweep.takeDue()
        sweep.endLook(at: first)
        sweep.note(from: [entry([3, 4])], to: [entry([4])])
        let second = sweep.takeDue()
        sweep.endLook(at: second)
        #expect(first == [gone(2)])
        #expect(second == [gone(3)])
        #expect(sweep.takeDue().isEmpty)
        sweep.repeatLooks()
        #expect(Set(sweep.takeDue()) == [gone(2), gone(3)])
        #expect(sweep.takeDue().isEmpty)
    }

    @Test("a backend that came back is let go, that of another frontend is not")
    func cameBack() {
        var sweep = FlowSweep()
        sweep.note(from: [entry([2, 3])], to: [entry([3])])
        sweep.note(from: [entry([2, 3], 12)], to: [entry([3], 12)])
        sweep.note(from: [entry([3])], to: [entry([2, 3])])
        #expect(filters(sweep) == [gone(2, from: 12)])
    }

    @Test("an endpoint that serves again is let go, though it gets no new connections")
    func servesAgain() {
        var sweep = FlowSweep()
        sweep.note(from: [entry([2, 3])], to: [entry([3])])
        var conversing = entry([3])
        conversing.conversing = entry([2]).backends
        sweep.note(from: [entry([3])], to: [conversing])
        #expect(sweep.isEmpty)
    }

    @Test("whether few or many wait, exactly what came back is let go", arguments: [3, 9])
    func cameBackOfMany(count: Int) {
        var sweep = FlowSweep()
        let pods = Array(1...count)
        sweep.note(from: [entry(pods)], to: [entry([])])
        let other = FlowFilter(
            transport: .tcp, frontend: gone(1).frontend, backend: gone(1).backend)
        sweep.add(lookedFor: [other])
        sweep.letGo(from: [entry([])], to: [entry([1, count])])
        #expect(filters(sweep) == Set((2..<count).map { gone($0) } + [other]))
        sweep.endLook(at: sweep.filters)
        sweep.endLook(at: sweep.filters)
        #expect(!filters(sweep).contains(other))
        #expect(sweep.unseen.isEmpty)
    }

    @Test("113: backends that went before there was none are still looked for")
    func zeroInBetween() {
        var sweep = FlowSweep()
        sweep.note(from: [entry([2])], to: [entry([])])
        sweep.note(from: [entry([])], to: [entry([3])])
        #expect(sweep.filters.contains(gone(2)))
        #expect(!sweep.filters.contains(gone(3)))
    }

    @Test("untranslated flows are no longer looked for when the frontend is gone again")
    func frontendGone() {
        var sweep = FlowSweep()
        sweep.note(from: [], to: [entry([2])])
        let untranslated = FlowFilter(of: entry([2]).frontend, to: entry([2]).frontend.socket)
        #expect(filters(sweep) == [untranslated])
        sweep.note(from: [entry([2])], to: [])
        #expect(filters(sweep) == [gone(2)])
    }
}

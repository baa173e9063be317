import Addressing
import Fixtures
import Forwarding
import Ruleset
import ServiceModel
import Support
import Testing

@Suite("Slots that stay while backends come and go")
struct SteadySlotsTests {
    private func backends(_ count: Int) throws -> [SocketEndpoint] {
        try (0..<count).map {
            try #require(SocketEndpoint("192.168.\($0 / 200).\($0 % 200 + 1):30080"))
        }
    }

    private func slots(_ backends: [SocketEndpoint], without out: Set<Int>) -> [SocketEndpoint] {
        SteadySlots.slots(of: backends) { !out.contains($0) }
    }

    @Test("the last fills the place of the one that goes, and nobody else moves")
    func one() throws {
        let all = try backends(5)
        #expect(slots(all, without: []) == all)
        #expect(slots(all, without: [1]) == [all[0], all[4], all[2], all[3]])
        #expect(slots(all, without: [4]) == Array(all.prefix(4)))
        #expect(slots(all, without: [1, 4]) == [all[0], all[3], all[2]])
        #expect(slots(all, without: [0, 1, 2, 3, 4]).isEmpty)
        #expect(slots([], without: []).isEmpty)
    }

    @Test(
        "each that takes traffic has one slot, and a change moves no more than are out",
        arguments: 0..<50)
    func random(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let all = try backends(.random(in: 1...120, using: &random))
        var out = Set<Int>()
        var before = slots(all, without: out)
        for _ in 0..<60 {
            let index = Int.random(in: all.indices, using: &random)
            if out.remove(index) == nil { out.insert(index) }
            let now = slots(all, without: out)
            #expect(now.count == all.count - out.count)
            #expect(Set(now) == Set(all.indices.filter { !out.contains($0) }.map { all[$0] }))
            let moved = zip(before, now).count { $0 != $1 }
            #expect(moved <= out.count + 1)
            before = now
        }
    }

    @Test("one of a hundred nodes that dies costs a frontend five elements, and first of all two")
    func cost() throws {
        let all = try backends(100)
        let vip = try #require(IPAddress("198.51.100.10"))
        func entry(without out: Set<Int>) -> ForwardingEntry {
            ForwardingEntry(
                Frontend(vip, .tcp, port(80)), label: "default/web",
                backends: slots(all, without: out), sourceHiding: .everyClient)
        }
        let service = ServiceIdentity(namespace: "default", name: "web")
        var table = ForwardingTable(layout: ForwardingLayout(role: .balancer))
        _ = table.replace(service, with: [entry(without: [])])
        let after = [entry(without: [40])]
        let first = try #require(table.withdrawal(of: service, for: after))
        #expect(elementCount(table.replace(service, with: first)) == 2)
        // The slot that is no more, and the verdict that counts them.
        #expect(elementCount(table.replace(service, with: after)) == 3)
    }

    private func elementCount(_ replacement: Replacement) -> Int {
        replacement.changes.reduce(0) { count, change in
            switch change {
            case .addElements(_, _, let elements), .removeElements(_, _, let elements):
                count + elements.count
            default: count
            }
        }
    }
}

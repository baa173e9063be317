import Addressing
import Fixtures
import Forwarding
import Support
import Testing

@Suite("Slots that change little when a backend comes or goes")
struct MaglevTableTests {
    private func backends(_ numbers: some Sequence<Int>) -> [SocketEndpoint] {
        numbers.map { endpoint(address("192.168.\($0 / 250).\($0 % 250 + 1)"), 30_080) }
    }

    private func moved(_ old: [SocketEndpoint], _ new: [SocketEndpoint]) -> Int {
        zip(old, new).count { $0 != $1 }
    }

    @Test("no backend, no slot; one backend has all", arguments: [0, 1])
    func few(count: Int) {
        let slots = MaglevTable.slots(backends(0..<count), capacity: count)
        #expect(slots.count == (count == 0 ? 0 : MaglevTable.size(for: 1)))
        #expect(Set(slots).count == count)
    }

    @Test("shares are even within a slot for each backend", arguments: [2, 3, 7, 10, 40, 100])
    func even(count: Int) {
        let slots = MaglevTable.slots(backends(0..<count), capacity: count)
        let shares = Dictionary(grouping: slots) { $0 }.mapValues(\.count)
        #expect(shares.count == count)
        #expect((shares.values.max() ?? 0) - (shares.values.min() ?? 0) <= 1)
        #expect((shares.values.min() ?? 0) >= MaglevTable.slotsPerBackend)
    }

    @Test("the table follows from the backends alone, whatever their order", arguments: 0..<20)
    func sameEverywhere(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let all = backends(0..<10)
        #expect(
            MaglevTable.slots(all, capacity: 10)
                == MaglevTable.slots(all.shuffled(using: &random) + all, capacity: 10))
    }

    @Test(
        "when a backend goes its slots move, and few others",
        arguments: [3, 5, 8, 10, 20, 40], [0, 1, 2])
    func goes(count: Int, gone: Int) {
        let all = backends(0..<count)
        let old = MaglevTable.slots(all, capacity: count)
        let new = MaglevTable.slots(all.filter { $0 != all[gone] }, capacity: count)
        let own = old.count { $0 == all[gone] }
        #expect(!new.contains(all[gone]))
        #expect(moved(old, new) >= own)
        #expect(moved(old, new) - own <= old.count * 4 / 100)
    }

    @Test("10,000 backends have slots, each one at least")
    func many() {
        let slots = MaglevTable.slots(backends(0..<10_000), capacity: 10_000)
        #expect(slots.count == 65_521)
        #expect(Set(slots).count == 10_000)
    }
}

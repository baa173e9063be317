import Addressing
import Fixtures
import Forwarding
import Support
import Testing

@Suite("The slots of nodes that get packets as they are")
struct DirectReturnSlotTests {
    private let count = DirectReturnLayout.defaultSlotCount

    private func nodes(_ numbers: some Sequence<Int>) -> [IPAddress] {
        numbers.map { address("192.168.50.\($0 + 1)") }
    }

    private func slots(_ members: [IPAddress], weights: [IPAddress: Int]) throws -> [IPAddress] {
        let shares = weights.map { DirectReturn.Share($0.key, weight: $0.value) }
        return try #require(DirectReturn(.connection, members: members, shares: shares))
            .slots(count)
    }

    private func slots(_ members: [IPAddress], serving: [IPAddress]) throws -> [IPAddress] {
        try slots(members, weights: Dictionary(uniqueKeysWithValues: serving.map { ($0, 1) }))
    }

    @Test("each of up to 40 nodes has a hundred at least, evenly", arguments: [1, 2, 3, 10, 40])
    func even(nodeCount: Int) throws {
        let all = nodes(0..<nodeCount)
        let shares = Dictionary(grouping: try slots(all, serving: all)) { $0 }.mapValues(\.count)
        #expect(shares.count == nodeCount)
        #expect((shares.values.min() ?? 0) >= 100)
        #expect((shares.values.max() ?? 0) - (shares.values.min() ?? 0) <= 1)
    }

    @Test("are the same on every balancer, whatever the order", arguments: 0..<10 as Range<UInt64>)
    func sameEverywhere(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let all = nodes(0..<12)
        let serving = Array(all.shuffled(using: &random).prefix(7))
        #expect(
            try slots(all, serving: serving)
                == slots(all.shuffled(using: &random), serving: serving.shuffled(using: &random)))
    }

    @Test("of nodes that die go to all others, and no other slot moves", arguments: [3, 8, 40])
    func death(nodeCount: Int) throws {
        let all = nodes(0..<nodeCount)
        var serving = all
        var before = try slots(all, serving: serving)
        let whole = before
        for dead in [all[1], all[0]] {
            serving.removeAll { $0 == dead }
            let after = try slots(all, serving: serving)
            let moved = zip(before, after).filter { $0 != $1 }
            #expect(Set(moved.map(\.0)) == [dead])
            #expect(moved.count == before.count { $0 == dead })
            let gains = Dictionary(grouping: moved.map(\.1)) { $0 }.mapValues(\.count)
            #expect(Set(gains.keys).isSubset(of: serving))
            // By chance, each slot for itself: four times the mean is far out.
            #expect((gains.values.max() ?? 0) <= max(12, 4 * moved.count / serving.count))
            before = after
        }
        #expect(try slots(all, serving: all) == whole)
    }

    @Test("are shared by weight, and few move with a node of unequal ones")
    func weights() throws {
        let all = nodes(0..<4)
        let heavy = [all[0]: 3, all[1]: 1, all[2]: 1, all[3]: 1]
        let before = try slots(all, weights: heavy)
        #expect(abs(before.count { $0 == all[0] } - count / 2) <= 4)
        var rest = heavy
        rest[all[3]] = nil
        let after = try slots(all, weights: rest)
        let own = before.count { $0 == all[3] }
        #expect(zip(before, after).count { $0 != $1 } - own <= count * 6 / 100)
    }

    @Test("need a node, and nodes of one family")
    func illegal() {
        #expect(DirectReturn(.client, members: nodes(0..<3), shares: []) == nil)
        #expect(
            DirectReturn(
                .client, members: nodes(0..<1) + [address("fd50::1")],
                shares: [DirectReturn.Share(address("fd50::1"))]) == nil)
    }
}

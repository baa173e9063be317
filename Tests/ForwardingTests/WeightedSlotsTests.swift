import Addressing
import Fixtures
import Forwarding
import Support
import Testing

@Suite("Slots of weighted backends")
struct WeightedSlotsTests {
    private func counts(_ weights: [Int], limit: Int = WeightedSlots.limit) -> [Int] {
        let weighted = weights.enumerated().map { index, weight in
            (
                backend: endpoint(address("192.168.50.\(index + 1)"), UInt16(index + 1)),
                weight: weight
            )
        }
        let slots = WeightedSlots.slots(weighted, limit: limit)
        return weighted.map { one in slots.count { $0 == one.backend } }
    }

    @Test(
        "shares are exact, with as few slots as they take",
        arguments: [
            ([1, 1, 1], [1, 1, 1]), ([7, 7], [1, 1]), ([2, 4, 6], [1, 2, 3]), ([3, 1], [3, 1]),
            ([1023, 1], [1023, 1]), ([], []),
        ])
    func exact(weights: [Int], expected: [Int]) {
        #expect(counts(weights) == expected)
    }

    @Test("a backend without weight has no slot")
    func nothing() {
        #expect(counts([0, 2, -1]) == [0, 1, 0])
        #expect(counts([0, 0]) == [0, 0])
    }

    @Test("weights that fit into no slots are rounded, and nobody goes without")
    func rounded() {
        #expect(counts([1_024, 1]) == [1_023, 1])
        #expect(counts([1_000_000, 1, 1], limit: 10) == [8, 1, 1])
        #expect(counts([.max, 1], limit: 10) == [9, 1])
    }

    @Test("more backends than slots are used alike")
    func many() {
        #expect(counts(Array(1...20), limit: 10) == Array(repeating: 1, count: 20))
    }

    @Test(
        "no share is further than a slot from its quota where all quotas are above one",
        arguments: 0..<100 as Range<UInt64>)
    func near(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let weights = (0..<Int.random(in: 2...20, using: &random)).map { _ in
            Int.random(in: 500...5_000, using: &random)
        }
        let counts = counts(weights, limit: 500)
        let sum = weights.reduce(0, +)
        let total = counts.reduce(0, +)
        #expect(total <= 500)
        for (weight, count) in zip(weights, counts) {
            // |count - weight * total / sum| < 1
            #expect(abs(count * sum - weight * total) < sum)
        }
    }
}

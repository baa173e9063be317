import Testing

@testable import LoadBalancer

@Suite("How long closed connections are remembered, by how many come")
struct TimeWaitPaceTests {
    private static let limit = 262_144

    /// What is chosen second by second while so many connections a second begin, and end at once,
    /// and how many are tracked.
    private func settled(
        perSecond rate: Int, beside lasting: Int = 0, limit: Int = limit, seconds: Int = 400
    ) -> (choices: [Int], counts: [Int]) {
        var pace = TimeWaitPace()
        var endings: [Int: Int] = [:]
        var closed = 0
        var counts: [Int] = []
        var choices: [Int] = []
        for second in 0..<seconds {
            closed -= endings.removeValue(forKey: second) ?? 0
            let choice = pace.next(count: closed + lasting, limit: limit)
            choices.append(choice)
            closed += rate
            endings[second + choice, default: 0] += rate
            counts.append(closed + lasting)
        }
        return (choices, counts)
    }

    @Test("few are remembered as long as their backends do", arguments: [0, 10, 200, 800])
    func few(rate: Int) {
        #expect(Set(settled(perSecond: rate).choices) == [64])
    }

    /// The first seconds' connections are remembered for the full time before it is known how many
    /// come.
    @Test(
        "more are remembered for as long as the ports towards one backend last",
        arguments: [(1_000, 48), (1_700, 32), (2_300, 24), (3_500, 16), (5_500, 10)])
    func more(rate: Int, seconds: Int) {
        let (choices, counts) = settled(perSecond: rate)
        #expect(Set(choices.suffix(200)) == [seconds])
        #expect(counts.dropFirst(130).allSatisfy { $0 <= 57_344 })
        #expect(counts.allSatisfy { $0 <= 57_344 * 4 / 3 })
    }

    @Test("far too many at once: what is remembered of the first seconds leaves most ports")
    func burst() {
        let (choices, counts) = settled(perSecond: 15_000, limit: 1_000_000)
        #expect(choices.firstIndex(of: 10).map { $0 <= 2 } == true)
        #expect(Set(choices.suffix(300)) == [10])
        #expect(counts.allSatisfy { $0 <= 15_000 * (10 + 3) })
    }

    @Test("closed ones take no more than half of a small table")
    func smallTable() {
        let (choices, counts) = settled(perSecond: 400, limit: 32_768)
        #expect(Set(choices.suffix(200)) == [32])
        #expect(counts.dropFirst(130).allSatisfy { $0 <= 16_384 })
    }

    @Test("a moment with many, such as a thousand clients that begin anew, changes nothing")
    func moment() {
        var pace = TimeWaitPace()
        let choices = [0, 5_000, 10_000, 10_000, 10_000, 0].map {
            pace.next(count: $0, limit: Self.limit)
        }
        #expect(Set(choices) == [64])
    }

    @Test("once few come again, the time is the full one again")
    func recovers() {
        var pace = TimeWaitPace()
        for second in 1...120 {
            _ = pace.next(count: 5_000 * min(second, 20), limit: Self.limit)
        }
        #expect(pace.next(count: 100_000, limit: Self.limit) == 10)
        let later = (0..<70).map { _ in pace.next(count: 500, limit: Self.limit) }
        #expect(later.last == 64)
    }

    @Test("connections that last are no reason while the table holds few")
    func lasting() {
        #expect(Set(settled(perSecond: 100, beside: 40_000).choices.suffix(300)) == [64])
        #expect(Set(settled(perSecond: 100, beside: 200_000).choices.suffix(300)) == [10])
    }
}

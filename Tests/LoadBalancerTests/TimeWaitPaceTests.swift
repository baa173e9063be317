import Testing

@testable import LoadBalancer

@Suite("How long closed connections are remembered, by how many come")
struct TimeWaitPaceTests {
    private static let limit = 262_144

    /// What is chosen second by second while so many connections a second begin, and end at once,
    /// and how many are remembered.
    private func settled(
        perSecond rate: Int, limit: Int = limit, from start: TimeWaitPace? = nil,
        endings: [Int: Int] = [:], seconds: Int = 400
    ) -> (choices: [Int], counts: [Int]) {
        var pace = start ?? TimeWaitPace(holding: 120, count: 0)
        var endings = endings
        var closed = endings.values.reduce(0, +)
        var counts: [Int] = []
        var choices: [Int] = []
        for second in 0..<seconds {
            closed -= endings.removeValue(forKey: second) ?? 0
            let choice = pace.next(count: closed, limit: limit)
            pace.hold(choice)
            choices.append(choice)
            closed += rate
            endings[second + choice, default: 0] += rate
            counts.append(closed)
        }
        return (choices, counts)
    }

    @Test("few are remembered as long as their backends do", arguments: [0, 10, 200, 850])
    func few(rate: Int) {
        #expect(Set(settled(perSecond: rate).choices) == [64])
    }

    @Test(
        "of more, no more are remembered than there are ports towards one backend",
        arguments: [(1_000, 48), (1_700, 32), (2_300, 16), (4_900, 10)])
    func more(rate: Int, seconds: Int) {
        let (choices, counts) = settled(perSecond: rate)
        #expect(Set(choices.suffix(200)) == [seconds])
        #expect(counts.allSatisfy { $0 <= 64_512 })
    }

    @Test("far too many at once: a second's connections are remembered for longer than ten")
    func burst() {
        let (choices, counts) = settled(perSecond: 15_000, limit: 1_000_000)
        #expect(choices.firstIndex(of: 10) == 1)
        #expect(Set(choices.dropFirst()) == [10])
        #expect(counts.allSatisfy { $0 <= 15_000 * 11 })
    }

    @Test("closed ones take no more than half of a small table")
    func smallTable() {
        let (choices, counts) = settled(perSecond: 400, limit: 32_768)
        #expect(Set(choices.suffix(200)) == [32])
        #expect(counts.allSatisfy { $0 <= 16_384 })
    }

    @Test("a table without a limit has room for as many as there are ports")
    func noLimit() {
        #expect(Set(settled(perSecond: 400, limit: 0).choices) == [64])
    }

    @Test("a moment with many, such as ten thousand clients that begin anew, is soon over")
    func moment() {
        var pace = TimeWaitPace(holding: 64, count: 0)
        let choices = ([0, 10_000] + Array(repeating: 10_000, count: 30)).map { count in
            let choice = pace.next(count: count, limit: Self.limit)
            pace.hold(choice)
            return choice
        }
        #expect(choices[1] < 64)
        #expect(Set(choices.suffix(6)) == [64])
    }

    @Test("once few come again, the time is the full one again")
    func recovers() {
        var pace = TimeWaitPace(holding: 64, count: 0)
        for second in 1...120 {
            pace.hold(pace.next(count: 5_000 * min(second, 10), limit: Self.limit))
        }
        #expect(pace.held == 10)
        for _ in 0..<30 { pace.hold(pace.next(count: 500, limit: Self.limit)) }
        #expect(pace.held == 64)
    }

    /// Two thousand a second are remembered for 24 s, and the balancer starts anew.
    @Test("a restart goes on with the time that held, whoever remembers it")
    func restart() {
        let start = TimeWaitPace(holding: 24, count: 48_000)
        let endings = Dictionary(uniqueKeysWithValues: (1...24).map { ($0, 2_000) })
        let (choices, counts) = settled(perSecond: 2_000, from: start, endings: endings)
        #expect(Set(choices) == [24])
        #expect(counts.allSatisfy { $0 <= 57_344 })
    }

    @Test("calls that come late count the seconds between them")
    func late() {
        var pace = TimeWaitPace(holding: 64, count: 0)
        let choices = (0..<60).map { turn in
            pace.next(count: 800 * 3 * min(turn, 21), limit: Self.limit, after: 3)
        }
        #expect(Set(choices) == [64])
    }
}

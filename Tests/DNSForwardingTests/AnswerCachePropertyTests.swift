import NIOCore
import Testing

@testable import DNSForwarding

/// Numbers that follow from a seed (xorshift).
private struct SeededNumbers {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}

@Suite("Kept answers, at random")
struct AnswerCachePropertyTests {
    @Test(
        "the cache keeps what a plain list of the last used questions keeps",
        arguments: 1...20 as ClosedRange<UInt64>)
    func sameAsList(seed: UInt64) {
        var random = SeededNumbers(state: seed &* 0x9e37_79b9_7f4a_7c15)
        let limit = 1 + random.next(below: 8)
        var cache = AnswerCache(limits: CacheLimits(entries: limit, staleSeconds: 0))
        // The last used comes last.
        var list: [(question: UpstreamQuestion, end: Int64)] = []
        for time in 0..<500 as Range<Int64> {
            let question = asked("host\(random.next(below: 12)).example")
            let place = list.firstIndex { $0.question == question }
            if random.next(below: 2) == 0 {
                let seconds = random.next(below: 40)
                let kept = answer("x.example", seconds: UInt32(seconds))
                cache.store(kept, for: question, now: second(time))
                if let place { list.remove(at: place) }
                if seconds > 0 { list.append((question, time + Int64(seconds))) }
                if list.count > limit { list.removeFirst() }
            } else {
                var isExpected = false
                if let place {
                    let entry = list.remove(at: place)
                    isExpected = time < entry.end
                    if isExpected { list.append(entry) }
                }
                var isFound = false
                if case .fresh = cache.find(question, now: second(time)) { isFound = true }
                #expect(isFound == isExpected)
            }
            #expect(cache.count == list.count)
        }
    }
}

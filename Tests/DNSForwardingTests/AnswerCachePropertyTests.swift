import NIOCore
import Testing

@testable import DNSForwarding

/// What a cache is to keep, the plain way: a list of each kind, the last used coming last.
private struct ListedAnswers {
    var limit: Int
    var positive: [(question: UpstreamQuestion, end: Int64)] = []
    var negative: [(question: UpstreamQuestion, end: Int64)] = []

    mutating func store(
        _ question: UpstreamQuestion, isNegative: Bool, until end: Int64, now: Int64
    ) {
        positive.removeAll { $0.question == question }
        negative.removeAll { $0.question == question }
        guard end > now else { return }
        if isNegative { negative.append((question, end)) } else { positive.append((question, end)) }
        guard positive.count + negative.count > limit else { return }
        let isNegativeMore =
            positive.count == negative.count ? !isNegative : negative.count > positive.count
        if isNegativeMore { negative.removeFirst() } else { positive.removeFirst() }
    }

    mutating func find(_ question: UpstreamQuestion, now: Int64) -> Bool {
        Self.find(question, in: &positive, now: now) || Self.find(question, in: &negative, now: now)
    }

    private static func find(
        _ question: UpstreamQuestion, in list: inout [(question: UpstreamQuestion, end: Int64)],
        now: Int64
    ) -> Bool {
        guard let place = list.firstIndex(where: { $0.question == question }) else { return false }
        let entry = list.remove(at: place)
        guard now < entry.end else { return false }
        list.append(entry)
        return true
    }
}

@Suite("Kept answers, at random")
struct AnswerCachePropertyTests {
    @Test(
        "the cache keeps what plain lists of the last used questions keep",
        arguments: 1...30 as ClosedRange<UInt64>)
    func sameAsLists(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let limit = 1 + random.next(below: 8)
        var cache = AnswerCache(limits: CacheLimits(entries: limit, staleSeconds: 0))
        var lists = ListedAnswers(limit: limit)
        for time in 0..<500 as Range<Int64> {
            let question = asked("host\(random.next(below: 12)).example")
            if random.next(below: 2) == 0 {
                let seconds = random.next(below: 40)
                let isNegative = random.next(below: 2) == 0
                var kept = answer("x.example", seconds: UInt32(seconds))
                if isNegative { kept.answers = [] }
                cache.store(kept, for: question, now: second(time))
                lists.store(
                    question, isNegative: isNegative, until: time + Int64(seconds), now: time)
            } else {
                var isFound = false
                if case .fresh = cache.find(question, now: second(time)) { isFound = true }
                #expect(isFound == lists.find(question, now: time))
            }
            #expect(cache.count == lists.positive.count + lists.negative.count)
        }
    }
}

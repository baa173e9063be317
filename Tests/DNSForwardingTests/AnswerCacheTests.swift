import DNSMessage
import NIOCore
import Testing

@testable import DNSForwarding

@Suite("Kept answers")
struct AnswerCacheTests {
    private let www = asked("www.example")

    private func found(
        _ cache: inout AnswerCache, _ question: UpstreamQuestion, at time: NIODeadline
    ) -> String {
        switch cache.find(question, now: time) {
        case .nothing: "nothing"
        case .fresh(let answer, let age): "\(answer.responseCode) after \(age) s"
        case .stale(_, let servesAtOnce): servesAtOnce ? "stale, at once" : "stale"
        }
    }

    @Test("an answer ages by the second until its time is over")
    func ages() {
        var cache = AnswerCache(limits: CacheLimits(staleSeconds: 0))
        #expect(found(&cache, www, at: second(0)) == "nothing")
        cache.store(answer("www.example", seconds: 5), for: www, now: second(0))
        #expect(found(&cache, www, at: second(0)) == "NOERROR after 0 s")
        #expect(found(&cache, www, at: second(2) - .nanoseconds(1)) == "NOERROR after 1 s")
        #expect(found(&cache, www, at: second(4)) == "NOERROR after 4 s")
        #expect(found(&cache, www, at: second(5)) == "nothing")
        #expect(cache.count == 0)
        #expect(cache.byteCount == 0)
    }

    @Test("an answer that may not be kept removes what was kept")
    func notKept() {
        var cache = AnswerCache(limits: CacheLimits())
        cache.store(answer("www.example", seconds: 5), for: www, now: second(0))
        cache.store(answer("www.example", seconds: 0), for: www, now: second(1))
        #expect(found(&cache, www, at: second(1)) == "nothing")
    }

    @Test("past its time an answer is stale for as long as the limit says")
    func stale() {
        var cache = AnswerCache(limits: CacheLimits(staleSeconds: 100))
        cache.store(answer("www.example", seconds: 5), for: www, now: second(0))
        #expect(found(&cache, www, at: second(5)) == "stale")
        #expect(found(&cache, www, at: second(105) - .nanoseconds(1)) == "stale")
        #expect(found(&cache, www, at: second(105)) == "nothing")
    }

    @Test("after servers failed, a stale answer is given at once for a while")
    func recheck() {
        var cache = AnswerCache(limits: CacheLimits(staleRecheckSeconds: 30))
        cache.store(answer("www.example", seconds: 5), for: www, now: second(0))
        cache.storeFailure(.noAnswer(.timedOut), for: www, now: second(10))
        #expect(found(&cache, www, at: second(39)) == "stale, at once")
        #expect(found(&cache, www, at: second(40)) == "stale")
        cache.store(answer("www.example", seconds: 5), for: www, now: second(41))
        #expect(found(&cache, www, at: second(42)) == "NOERROR after 1 s")
    }

    @Test("a failure is remembered where there is no answer, for its time and no longer")
    func failures() {
        var cache = AnswerCache(limits: CacheLimits(failureSeconds: 5))
        cache.storeFailure(.noAnswer(.timedOut), for: www, now: second(0))
        #expect(found(&cache, www, at: second(4)) == "SERVFAIL after 4 s")
        #expect(found(&cache, www, at: second(5)) == "nothing")
    }

    @Test("without a time for failures none is remembered")
    func noFailures() {
        var cache = AnswerCache(limits: CacheLimits(failureSeconds: 0))
        cache.storeFailure(.noAnswer(.timedOut), for: www, now: second(0))
        #expect(cache.count == 0)
    }

    @Test("a name is one name in every spelling, but the flags tell answers apart")
    func keys() {
        var cache = AnswerCache(limits: CacheLimits())
        cache.store(answer("www.example", seconds: 5), for: www, now: second(0))
        #expect(found(&cache, asked("WWW.Example"), at: second(1)) == "NOERROR after 1 s")
        #expect(asked("WWW.Example").partition == www.partition)
        for other in [
            asked("www.example", .aaaa), asked("www.example", isDNSSECOK: true),
            asked("www.example", isCheckingDisabled: true), asked("ww.example"),
        ] {
            #expect(found(&cache, other, at: second(1)) == "nothing")
        }
    }

    @Test("at the limit all answers stay, one more drives out the one used longest ago")
    func eviction() {
        var cache = AnswerCache(limits: CacheLimits(entries: 3))
        let questions = (1...4).map { asked("host\($0).example") }
        for question in questions.prefix(3) {
            cache.store(answer("x.example", seconds: 60), for: question, now: second(0))
        }
        #expect(cache.count == 3)
        #expect(cache.evictions == 0)
        _ = cache.find(questions[0], now: second(1))
        cache.store(answer("x.example", seconds: 60), for: questions[3], now: second(2))
        #expect(cache.count == 3)
        #expect(cache.evictions == 1)
        let kept = questions.map { found(&cache, $0, at: second(2)) != "nothing" }
        #expect(kept == [true, false, true, true])
    }

    @Test("names that do not exist take no more than half of a full cache")
    func negativeFlood() {
        var cache = AnswerCache(limits: CacheLimits(entries: 10))
        func storeNegative(_ number: Int) {
            let negative = UpstreamAnswer(responseCode: .nameError, freshSeconds: 60)
            cache.store(negative, for: asked("no\(number).example"), now: second(0))
        }
        for number in 0..<10 {
            let question = asked("host\(number).example")
            cache.store(answer("x.example", seconds: 60), for: question, now: second(0))
        }
        for number in 0..<100 { storeNegative(number) }
        #expect(cache.count == 10)
        let kept = (0..<10).filter { number in
            found(&cache, asked("host\(number).example"), at: second(0)) != "nothing"
        }
        #expect(kept == [5, 6, 7, 8, 9])
    }

    @Test("bytes are limited as entries are")
    func bytes() {
        var one = AnswerCache(limits: CacheLimits())
        one.store(answer("x.example", seconds: 60), for: www, now: second(0))
        var cache = AnswerCache(limits: CacheLimits(bytes: one.byteCount * 2))
        for host in ["aaa", "bbb", "ccc"] {
            let question = asked("\(host).example")
            cache.store(answer("x.example", seconds: 60), for: question, now: second(0))
        }
        #expect(cache.count == 2)
        #expect(cache.byteCount == one.byteCount * 2)
        #expect(found(&cache, asked("aaa.example"), at: second(0)) == "nothing")
    }

    @Test("an answer larger than the whole cache is not kept, and drives out none")
    func tooLarge() {
        var cache = AnswerCache(limits: CacheLimits(bytes: 1_000))
        cache.store(answer("www.example", seconds: 60), for: www, now: second(0))
        let records = (0..<50).map { address("big.example", "192.0.2.\($0)") }
        let large = UpstreamAnswer(responseCode: .noError, answers: records, freshSeconds: 60)
        cache.store(large, for: asked("big.example"), now: second(0))
        #expect(cache.count == 1)
        #expect(found(&cache, www, at: second(0)) == "NOERROR after 0 s")
    }

    @Test("a cache of nothing keeps nothing")
    func nothing() {
        var cache = AnswerCache(limits: CacheLimits(entries: 0))
        cache.store(answer("www.example", seconds: 60), for: www, now: second(0))
        #expect(cache.count == 0)
    }

    @Test("a large cache in parts keeps as many answers as a whole one, nearly")
    func parts() {
        let cache = SharedAnswerCache(limits: CacheLimits(entries: 16_000))
        for number in 0..<20_000 {
            let question = asked("host\(number).example")
            cache.store(answer("x.example", seconds: 60), for: question, now: second(0))
        }
        let counts = cache.counts()
        #expect(counts.entries <= 16_000)
        // Were the names shared out badly, some parts would overflow and others stay empty.
        #expect(counts.entries > 15_000)
        #expect(counts.evictions == UInt64(20_000 - counts.entries))
    }
}

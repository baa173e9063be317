import Addressing
import DNSMessage
import Testing

@testable import DNSServer

@Suite("Answers for each client")
struct RateLimitTests {
    private let second: UInt64 = 1_000_000_000

    @Test("as many as the limit at once, then every second one cut and the others dropped")
    func limit() throws {
        var buckets = RateBuckets(clients: 8, answersPerSecond: 10)
        let client = try address("10.244.1.2")
        let verdicts = (0..<14).map { _ in buckets.take(client, hash: 0, now: second) }
        #expect(
            verdicts
                == Array(repeating: .answer, count: 10) + [.truncate, .drop, .truncate, .drop])
    }

    @Test("a bucket fills evenly")
    func refill() throws {
        var buckets = RateBuckets(clients: 8, answersPerSecond: 10)
        let client = try address("10.244.1.2")
        for _ in 0..<10 { _ = buckets.take(client, hash: 0, now: second) }
        let tenth = second / 10
        #expect(buckets.take(client, hash: 0, now: second + tenth - 1) == .truncate)
        #expect(buckets.take(client, hash: 0, now: second + tenth) == .answer)
        #expect(buckets.take(client, hash: 0, now: second + tenth) == .drop)
        for _ in 0..<10 {
            #expect(buckets.take(client, hash: 0, now: 3 * second) == .answer)
        }
        #expect(buckets.take(client, hash: 0, now: 3 * second) == .truncate)
    }

    @Test("one client's haste is not another's, also where they share a set")
    func clients() throws {
        var buckets = RateBuckets(clients: RateBuckets.places, answersPerSecond: 1)
        for number in 1...RateBuckets.places {
            let client = try address("10.244.1.\(number)")
            #expect(buckets.take(client, hash: 0, now: 0) == .answer)
        }
        for number in 1...RateBuckets.places {
            let client = try address("10.244.1.\(number)")
            #expect(buckets.take(client, hash: 0, now: 0) == .truncate)
        }
    }

    @Test("in a full set the client that was longest silent makes room")
    func full() throws {
        var buckets = RateBuckets(clients: RateBuckets.places, answersPerSecond: 1)
        for number in 1...RateBuckets.places {
            let client = try address("10.244.1.\(number)")
            _ = buckets.take(client, hash: 0, now: UInt64(number))
        }
        #expect(buckets.take(try address("10.244.2.1"), hash: 0, now: 100) == .answer)
        #expect(buckets.take(try address("10.244.1.2"), hash: 0, now: 100) == .truncate)
        #expect(buckets.take(try address("10.244.1.1"), hash: 0, now: 100) == .answer)
    }

    @Test("a truncated answer has the question and says to come back over TCP")
    func truncated() throws {
        let limits = ServerLimits(answersPerSecond: 2)
        let asking = Asking(try sampleContext(limits: limits))
        let bytes = try query("web.default.svc.cluster.local")
        for _ in 0..<2 { #expect(try asking.reply(bytes).answers.count == 1) }
        let cut = try asking.reply(bytes)
        #expect(cut.header.isTruncated)
        #expect(cut.header.responseCode == .noError)
        #expect(cut.answers.isEmpty)
        #expect(cut.questions.count == 1)
        guard case .nothing = try asking.ask(bytes) else {
            Issue.record("answered")
            return
        }
        #expect(asking.handler.takeTally().limited == 2)
        #expect(try asking.reply(bytes, from: "10.244.1.3").answers.count == 1)
    }

    @Test("there is no limit over TCP, and none if it is 0")
    func unlimited() throws {
        let limits = ServerLimits(answersPerSecond: 1)
        let bytes = try query("web.default.svc.cluster.local")
        let stream = Asking(try sampleContext(limits: limits), over: .tcp)
        for _ in 0..<5 { #expect(try stream.reply(bytes).answers.count == 1) }
        #expect(AnswerRateLimit(answersPerSecond: 0) == nil)
    }
}

import DNSMessage
import Testing

@testable import DNSForwarding

@Suite("Answers while servers are down")
struct ForwarderStaleTests {
    private let www = question("www.example")

    /// Has the answer in the cache, past its time.
    private func expire(_ forwarder: Forwarder) async throws {
        let answer = await forwarder.resolve(www)
        #expect(!answer.isStale)
        #expect(answer.answers.count == 1)
        try await waitUntil("the answer is past its time") { forwarder.cached(www) == nil }
    }

    @Test("an answer past its time is given while servers fail, and renewed once they do not")
    func recovery() async throws {
        let upstream = try await TestUpstream { [.message($0.answer(seconds: 1))] }
        let cache = CacheLimits(staleRecheckSeconds: 0)
        try await withForwarder([upstream], cache: cache) { forwarder in
            try await expire(forwarder)
            upstream.script.change { [.message($0.answer(.serverFailure))] }
            let stale = await forwarder.resolve(www)
            #expect(stale.isStale)
            #expect(stale.responseCode == .noError)
            #expect(stale.answers == [address("www.example", "192.0.2.1", seconds: 30)])
            #expect(forwarder.counters().staleAnswers == 1)
            upstream.script.change { [.message($0.answer())] }
            let renewed = await forwarder.resolve(www)
            #expect(!renewed.isStale)
            #expect(renewed.answers == [address("www.example", "192.0.2.1", seconds: 300)])
        }
    }

    @Test("once servers failed to renew an answer, they are left alone for a while")
    func recheck() async throws {
        let upstream = try await TestUpstream { [.message($0.answer(seconds: 1))] }
        try await withForwarder([upstream], cache: CacheLimits(staleRecheckSeconds: 600)) {
            forwarder in
            try await expire(forwarder)
            upstream.script.change { [.message($0.answer(.serverFailure))] }
            #expect(await forwarder.resolve(www).isStale)
            #expect(forwarder.cached(www)?.isStale == true)
            #expect(await forwarder.resolve(www).isStale)
            #expect(upstream.received.count == 2)
        }
    }

    @Test("a slow server makes nobody wait for what is known; its answer counts all the same")
    func slow() async throws {
        let upstream = try await TestUpstream { [.message($0.answer(seconds: 1))] }
        var limits = patient
        limits.staleAnswerDelay = .milliseconds(50)
        try await withForwarder([upstream], limits: limits) { forwarder in
            try await expire(forwarder)
            upstream.script.change { [.held($0.answer())] }
            #expect(await forwarder.resolve(www).isStale)
            // The next one does not wait even that long, and asks no second time.
            #expect(await forwarder.resolve(www).isStale)
            #expect(forwarder.counters().questionsInFlight == 1)
            upstream.script.release()
            try await waitUntil("the answer is renewed") { forwarder.cached(www) != nil }
            #expect(forwarder.cached(www)?.isStale == false)
            #expect(upstream.received.count == 2)
        }
    }

    @Test("while all servers are known to be down, nobody waits, and they are asked all the same")
    func allDown() async throws {
        let upstream = try await TestUpstream { [.message($0.answer(seconds: 1))] }
        var limits = shortAttempts
        limits.attempts = 2
        limits.staleAnswerDelay = .seconds(600)
        try await withForwarder([upstream], limits: limits) { forwarder in
            try await expire(forwarder)
            upstream.script.change { _ in [] }
            let failed = await forwarder.resolve(question("other.example"))
            #expect(failed.failure == .noAnswer(.timedOut))
            #expect(forwarder.counters().servers[upstream.server]?.consecutiveFailures == 2)
            upstream.script.change { [.message($0.answer())] }
            #expect(await forwarder.resolve(www).isStale)
            try await waitUntil("the answer is renewed") { forwarder.cached(www) != nil }
            #expect(forwarder.counters().servers[upstream.server]?.consecutiveFailures == 0)
        }
    }

    @Test("when too many questions wait, an answer past its time is given at once")
    func overloaded() async throws {
        let upstream = try await TestUpstream { [.message($0.answer(seconds: 1))] }
        var limits = patient
        limits.concurrentQuestions = 1
        try await withForwarder([upstream], limits: limits) { forwarder in
            try await expire(forwarder)
            upstream.script.change { [.held($0.answer())] }
            async let other = forwarder.resolve(question("other.example"))
            try await waitUntil("the other question waits") {
                forwarder.counters().questionsInFlight == 1
            }
            #expect(await forwarder.resolve(www).isStale)
            #expect(forwarder.counters().overloaded == 1)
            upstream.script.release()
            #expect(await other.answers.count == 1)
        }
    }
}

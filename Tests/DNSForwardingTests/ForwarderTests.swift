import Addressing
import DNSMessage
import Testing

@testable import DNSForwarding

@Suite("Questions to upstream servers")
struct ForwarderTests {
    private let www = question("www.example")

    @Test("an answer is told, and kept", arguments: ["127.0.0.1", "::1"])
    func answers(host: String) async throws {
        let upstream = try await TestUpstream(host: host) { [.message($0.answer())] }
        try await withForwarder([upstream]) { forwarder in
            #expect(forwarder.cached(www) == nil)
            let answer = await forwarder.resolve(www)
            #expect(answer.responseCode == .noError)
            #expect(answer.answers == [address("www.example", "192.0.2.1")])
            #expect(forwarder.cached(question("WWW.example"))?.answers.count == 1)
            #expect(await forwarder.resolve(www).answers.count == 1)
            #expect(upstream.received.count == 1)
            let counters = forwarder.counters()
            #expect(counters.hits == 2)
            #expect(counters.misses == 1)
            #expect(counters.cachedAnswers == 1)
            #expect(counters.servers[upstream.server]?.answers == 1)
        }
    }

    @Test("a question says what it must, with an id and a port nobody can guess")
    func questions() async throws {
        let upstream = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([upstream]) { forwarder in
            for number in 0..<20 {
                _ = await forwarder.resolve(
                    question("host\(number).example"), isDNSSECOK: number.isMultiple(of: 2),
                    isCheckingDisabled: number.isMultiple(of: 3))
            }
        }
        let received = upstream.received
        #expect(received.count == 20)
        for (number, one) in received.enumerated() {
            #expect(one.message.questions == [question("host\(number).example")])
            #expect(one.message.header.isRecursionDesired)
            #expect(one.message.header.isCheckingDisabled == number.isMultiple(of: 3))
            #expect(one.message.extensions?.isDNSSECOK == number.isMultiple(of: 2))
            #expect(one.message.extensions?.udpPayloadSize == 1_232)
        }
        // That two of twenty are equal by chance happens; that half of them are, does not.
        #expect(Set(received.map(\.message.header.id)).count > 10)
        #expect(Set(received.map(\.sourcePort)).count > 10)
    }

    @Test("a server that says nothing is passed over for the next, and then asked last")
    func silence() async throws {
        let silent = try await TestUpstream { _ in [] }
        let good = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([silent, good], limits: shortAttempts) { forwarder in
            #expect(await forwarder.resolve(www).answers.count == 1)
            let asked = silent.received.count
            #expect(asked >= 1)
            #expect(await forwarder.resolve(question("ftp.example")).answers.count == 1)
            #expect(silent.received.count == asked)
            let counters = forwarder.counters().servers[silent.server]
            #expect(counters?.failures["timeout"] == counters?.exchanges)
        }
    }

    @Test("a server where nobody listens is passed over for the next at once")
    func refused() async throws {
        let gone = try await TestUpstream { _ in [] }
        try await gone.close()
        let good = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([gone, good]) { forwarder in
            #expect(await forwarder.resolve(www).answers.count == 1)
            #expect(forwarder.counters().servers[gone.server]?.failures == ["refused": 1])
        }
    }

    @Test("a server behind an interface that is gone is passed over, and not held to be down")
    func interfaceGone() async throws {
        let gone = server("fe80::1%no-such-card")
        let good = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([good], stubDomains: [.root: [gone, good.server]]) { forwarder in
            #expect(await forwarder.resolve(www).answers.count == 1)
            let counters = forwarder.counters().servers[gone]
            #expect(counters?.failures == ["not_made": 1])
            #expect(counters?.exchanges == 0)
            #expect(counters?.consecutiveFailures == 0)
        }
    }

    @Test(
        "a server that cannot answer is passed over for the next, and asked again next time",
        arguments: [.serverFailure, .refused, .notAuthoritative] as [ResponseCode])
    func codes(code: ResponseCode) async throws {
        let bad = try await TestUpstream { [.message($0.answer(code))] }
        let good = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([bad, good]) { forwarder in
            #expect(await forwarder.resolve(www).answers.count == 1)
            #expect(await forwarder.resolve(question("ftp.example")).answers.count == 1)
            let counters = forwarder.counters().servers[bad.server]
            #expect(counters?.failures == ["\(code)": 2])
        }
    }

    @Test("what no server can answer is SERVFAIL with a reason, for a while without asking")
    func allFail() async throws {
        let bad = try await TestUpstream { [.message($0.answer(.serverFailure))] }
        try await withForwarder([bad]) { forwarder in
            let answer = await forwarder.resolve(www)
            #expect(answer.responseCode == .serverFailure)
            #expect(answer.failure == .noAnswer(.responseCode(.serverFailure)))
            #expect(forwarder.cached(www)?.failure == answer.failure)
            _ = await forwarder.resolve(www)
            #expect(bad.received.count == 1)
            #expect(forwarder.counters().failures == 1)
        }
    }

    @Test("a name that is not there is told as that, with its SOA, and kept")
    func nameError() async throws {
        let upstream = try await TestUpstream { received in
            var message = received.answer(.nameError)
            message.authorities = [start(of: "example", minimum: 20)]
            return [.message(message)]
        }
        try await withForwarder([upstream]) { forwarder in
            let answer = await forwarder.resolve(www)
            #expect(answer.responseCode == .nameError)
            #expect(answer.authorities.map(\.timeToLive) == [20])
            #expect(forwarder.cached(www)?.responseCode == .nameError)
        }
    }

    @Test("a malformed answer is no answer, and the next server is asked")
    func malformed() async throws {
        let bad = try await TestUpstream { [.bytes($0.answer().bytes().dropLast())] }
        let good = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([bad, good]) { forwarder in
            #expect(await forwarder.resolve(www).answers.count == 1)
            #expect(forwarder.counters().servers[bad.server]?.failures == ["malformed": 1])
        }
    }

    @Test("a stub domain's servers are asked for its names, the others for the rest")
    func stubDomains() async throws {
        let general = try await TestUpstream { [.message($0.answer())] }
        let stub = try await TestUpstream { [.message($0.answer())] }
        let domains = [name("corp.example"): [stub.server], name("secret.example"): []]
        try await withForwarder([general], stubDomains: domains) { forwarder in
            _ = await forwarder.resolve(question("a.corp.example"))
            _ = await forwarder.resolve(www)
            let secret = await forwarder.resolve(question("a.secret.example"))
            #expect(secret.failure == .noServers)
        }
        try await stub.close()
        #expect(stub.received.map(\.message.questions) == [[question("a.corp.example")]])
        #expect(general.received.map(\.message.questions) == [[www]])
    }

    @Test("a server that does not know EDNS is asked without it", arguments: [1, 4])
    func withoutExtensions(code: UInt16) async throws {
        let old = try await TestUpstream { received in
            guard received.message.extensions != nil else { return [.message(received.answer())] }
            let header = MessageHeader(
                id: received.message.header.id, isResponse: true,
                responseCode: ResponseCode(truncating: code))
            return [.message(Message(header: header))]
        }
        try await withForwarder([old]) { forwarder in
            #expect(await forwarder.resolve(www).answers.count == 1)
            #expect(old.received.map { $0.message.extensions != nil } == [true, false])
        }
    }

    @Test("that signatures were checked is told, and answers with and without are kept apart")
    func flags() async throws {
        let upstream = try await TestUpstream { received in
            var message = received.answer()
            message.header.isAuthenticData = !received.message.header.isCheckingDisabled
            return [.message(message)]
        }
        try await withForwarder([upstream]) { forwarder in
            #expect(await forwarder.resolve(www, isDNSSECOK: true).isAuthenticData)
            #expect(forwarder.cached(www) == nil)
            #expect(forwarder.cached(www, isDNSSECOK: true)?.isAuthenticData == true)
            #expect(await !forwarder.resolve(www, isCheckingDisabled: true).isAuthenticData)
            #expect(upstream.received.count == 2)
        }
    }
}

import DNSMessage
import Testing

@testable import DNSForwarding

@Suite("Answers that are not the server's")
struct ForwarderSpoofingTests {
    private let www = question("www.example")

    @Test("wrong ids, questions, kinds and source ports are passed over for the answer")
    func strays() async throws {
        let upstream = try await TestUpstream { received in
            var evil = received.answer([address("www.example", "203.0.113.66")])
            let fromOtherPort = evil
            evil.header.id ^= 1
            let wrongID = evil
            evil.header.id ^= 1
            evil.questions = [question("ww.example")]
            let wrongQuestion = evil
            evil.questions = received.message.questions
            evil.header.isResponse = false
            return [
                .fromOtherPort(fromOtherPort), .message(wrongID), .message(wrongQuestion),
                .message(evil), .bytes([]), .bytes([0, 1, 2]), .held(received.answer()),
            ]
        }
        try await withForwarder([upstream]) { forwarder in
            async let answer = forwarder.resolve(www)
            // All of the others are on their way before the answer is.
            try await waitUntil("the server is asked") { upstream.received.count == 1 }
            upstream.script.release()
            #expect(await answer.answers == [address("www.example", "192.0.2.1")])
        }
    }

    @Test("records of other names do not get into the cache")
    func otherNames() async throws {
        let upstream = try await TestUpstream { received in
            var message = received.answer()
            message.answers.append(address("bank.example", "203.0.113.66"))
            message.additionals.append(address("bank.example", "203.0.113.66"))
            return [.message(message)]
        }
        try await withForwarder([upstream]) { forwarder in
            let answer = await forwarder.resolve(www)
            #expect(answer.answers == [address("www.example", "192.0.2.1")])
            #expect(forwarder.cached(question("bank.example")) == nil)
        }
    }

    @Test("as many strays as are passed over are passed over; one more ends the exchange")
    func strayLimit() async throws {
        for count in [Exchange.maximumStrayReplies, Exchange.maximumStrayReplies + 1] {
            let upstream = try await TestUpstream { received in
                var evil = received.answer()
                evil.header.id ^= 1
                return Array(repeating: .message(evil), count: count)
                    + [.message(received.answer())]
            }
            try await withForwarder([upstream]) { forwarder in
                let answer = await forwarder.resolve(www)
                let isPassedOver = count == Exchange.maximumStrayReplies
                #expect(answer.failure == (isPassedOver ? nil : .noAnswer(.tooManyStrayReplies)))
            }
        }
    }
}

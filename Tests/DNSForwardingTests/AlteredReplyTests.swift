import DNSMessage
import NIOCore
import Testing

@testable import DNSForwarding

@Suite("Altered answers")
struct AlteredReplyTests {
    private let asked = DNSForwardingTests.asked("www.example")

    private var messages: [Message] {
        let question = asked.question
        return [
            response(
                to: question,
                answers: [
                    alias("www.example", "b.example"), alias("b.example", "c.example"),
                    address("c.example", "192.0.2.1"), address("c.example", "192.0.2.2"),
                ],
                authorities: [start(of: "example")],
                additionals: [address("ns.example", "192.0.2.3")]),
            response(to: question, .nameError, authorities: [start(of: "example")]),
        ]
    }

    /// Whether each record is of the name asked for, or of one that a record before it leads to.
    private func isOneChain(_ answers: [ResourceRecord]) -> Bool {
        var names: Set = [asked.question.name]
        for record in answers {
            guard names.contains(record.name) else { return false }
            if case .cname(let target) = record.data { names.insert(target) }
        }
        return true
    }

    @Test(
        "whatever bytes are altered, what is believed is about the name asked for",
        arguments: 1...20 as ClosedRange<UInt64>)
    func altered(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let limits = CacheLimits()
        var believed = 0
        for bytes in messages.map({ $0.bytes() }) {
            for _ in 0..<500 {
                var bytes = bytes
                for _ in 0...random.next(below: 4) {
                    bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
                }
                if random.next(below: 4) == 0 {
                    bytes.removeLast(random.next(below: bytes.count))
                }
                let reply = Reply(ByteBuffer(bytes: bytes), id: 0, question: asked.question)
                guard case .answer(let message) = reply,
                    let answer = try? AnswerScreening.screen(message, for: asked, limits: limits)
                else { continue }
                believed += 1
                #expect(isOneChain(answer.answers))
                #expect(answer.answers.allSatisfy { $0.timeToLive <= limits.positiveSeconds })
                #expect(answer.authorities.count <= 1)
                #expect(answer.freshSeconds <= limits.positiveSeconds)
            }
        }
        // Without any, nothing would have been tested.
        #expect(believed > 50)
    }
}

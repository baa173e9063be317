import DNSMessage
import NIOCore
import Testing

@testable import DNSForwarding

@Suite("What comes while an answer is waited for")
struct ReplyTests {
    private let www = question("www.example")

    private func judge(_ bytes: [UInt8]) -> String {
        switch Reply(ByteBuffer(bytes: bytes), id: 7, question: www) {
        case .answer: "answer"
        case .truncated: "truncated"
        case .malformed: "malformed"
        case .stray: "stray"
        }
    }

    private func judge(_ change: (inout Message) -> Void) -> String {
        var message = response(to: www, id: 7, answers: [address("www.example", "192.0.2.1")])
        change(&message)
        return judge(message.bytes())
    }

    @Test("the answer to the very question is the answer, in any spelling")
    func isAnswer() {
        #expect(judge { _ in } == "answer")
        #expect(judge { $0.questions = [question("WWW.example")] } == "answer")
    }

    @Test("another id, question or kind of message is passed over")
    func strays() {
        #expect(judge { $0.header.id = 8 } == "stray")
        #expect(judge { $0.header.isResponse = false } == "stray")
        #expect(judge { $0.header.opcode = .notify } == "stray")
        #expect(judge { $0.questions = [question("ww.example")] } == "stray")
        #expect(judge { $0.questions = [question("www.example", .aaaa)] } == "stray")
        #expect(judge { $0.questions[0].class = .chaos } == "stray")
        #expect(judge { $0.questions = [] } == "stray")
        #expect(judge { $0.questions.append(question("b.example")) } == "stray")
        #expect(judge([]) == "stray")
        #expect(judge(Array(response(to: www, id: 7).bytes().prefix(11))) == "stray")
    }

    @Test("a refusal may come without the question")
    func refusal() {
        let header = MessageHeader(id: 7, isResponse: true, responseCode: .formatError)
        #expect(judge(Message(header: header).bytes()) == "answer")
    }

    @Test("a cut message is malformed, unless it says that it is cut")
    func cut() {
        var message = response(to: www, id: 7, answers: [address("www.example", "192.0.2.1")])
        #expect(judge(message.bytes().dropLast()) == "malformed")
        message.header.isTruncated = true
        #expect(judge(message.bytes()) == "truncated")
        #expect(judge(message.bytes().dropLast()) == "truncated")
    }
}

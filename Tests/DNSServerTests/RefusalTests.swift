import Addressing
import DNSMessage
import Support
import Testing

@testable import DNSServer

@Suite("What is refused")
struct RefusalTests {
    @Test(
        "zone transfers and the question for everything, of any name",
        arguments: [RecordType.axfr, .ixfr, .any], ["cluster.local", "example.com"])
    func types(type: RecordType, owner: String) throws {
        for transport in QueryTransport.allCases {
            let asking = try Asking(over: transport)
            let reply = try asking.reply(try query(owner, type))
            #expect(reply.header.responseCode == .refused)
            #expect(reply.header.id == 0x1234)
            #expect(reply.answers.isEmpty)
            #expect(reply.questions == [Question(name: try name(owner), type: type)])
        }
    }

    @Test(
        "classes other than the Internet's",
        arguments: [RecordClass.chaos, .hesiod, .none, .any])
    func classes(class: RecordClass) throws {
        let asking = try Asking()
        let reply = try asking.reply(try query("version.bind", .txt, class: `class`))
        #expect(reply.header.responseCode == .refused)
        let inside = try asking.reply(
            try query("web.default.svc.cluster.local", class: `class`))
        #expect(inside.header.responseCode == .refused)
    }

    @Test("all that is no question is not implemented", arguments: 1...15 as ClosedRange<UInt8>)
    func opcodes(opcode: UInt8) throws {
        let asking = try Asking()
        var bytes = try query("web.default.svc.cluster.local")
        bytes[2] = bytes[2] & 0x87 | opcode << 3
        let reply = try asking.reply(bytes)
        #expect(reply.header.responseCode == .notImplemented)
        #expect(reply.header.opcode == Opcode(truncating: opcode))
        #expect(reply.header.isResponse)
        #expect(reply.header.id == 0x1234)
    }

    @Test("a version of EDNS that does not exist yet")
    func version() throws {
        let asking = try Asking()
        let extensions = ExtensionOptions(udpPayloadSize: 1_232, version: 1)
        let reply = try asking.reply(
            try query("web.default.svc.cluster.local", extensions: extensions))
        #expect(reply.header.responseCode == .badVersion)
        #expect(reply.extensions?.version == 0)
        #expect(reply.answers.isEmpty)
    }

    @Test("no question and two questions are a format error")
    func questionCount() throws {
        let asking = try Asking()
        let question = Question(name: try name("web.default.svc.cluster.local"), type: .a)
        for questions in [[], [question, question]] {
            let message = Message(header: MessageHeader(id: 7), questions: questions)
            let reply = try asking.reply(message.bytes())
            #expect(reply.header.responseCode == .formatError)
            #expect(reply.header.id == 7)
            #expect(reply.questions.isEmpty)
        }
    }

    @Test("a question that ends in the middle is a format error, for each length")
    func cut() throws {
        let asking = try Asking()
        let whole = try query("web.default.svc.cluster.local")
        for length in MessageHeader.byteCount..<whole.count {
            let reply = try asking.reply(Array(whole.prefix(length)))
            #expect(reply.header.responseCode == .formatError)
        }
    }

    @Test("what is shorter than a header is not answered")
    func short() throws {
        let asking = try Asking()
        let whole = try query("web.default.svc.cluster.local")
        for length in 0..<MessageHeader.byteCount {
            guard case .nothing = try asking.ask(Array(whole.prefix(length))) else {
                Issue.record("answered")
                continue
            }
        }
        #expect(asking.handler.takeTally().dropped == UInt64(MessageHeader.byteCount))
    }

    @Test("responses are not answered, whatever else they are")
    func responses() throws {
        let asking = try Asking()
        let whole = try query("web.default.svc.cluster.local")
        for opcode in 0...15 as ClosedRange<UInt8> {
            for length in [MessageHeader.byteCount, whole.count] {
                var bytes = Array(whole.prefix(length))
                bytes[2] = 0x80 | opcode << 3
                guard case .nothing = try asking.ask(bytes) else {
                    Issue.record("answered")
                    continue
                }
            }
        }
    }

    @Test(
        "of random bytes every one is answered with an error, or not at all",
        arguments: 0..<20 as Range<UInt64>)
    func garbage(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let asking = try Asking()
        for _ in 0..<500 {
            let length = Int.random(in: 0...80, using: &random)
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            guard case .reply(let reply, let byteCount) = try asking.ask(bytes) else { continue }
            #expect(reply.header.isResponse)
            #expect(reply.header.responseCode != .noError)
            #expect(byteCount <= 512)
        }
    }
}

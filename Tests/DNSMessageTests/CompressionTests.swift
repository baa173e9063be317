import Addressing
import DNSMessage
import Testing

@Suite("Compression")
struct CompressionTests {
    private let header = MessageHeader(id: 0x1234, isResponse: true)
    private let web = name("web.default.svc.cluster.local")

    /// What is written behind header and question.
    private func records(of message: Message) -> [UInt8] {
        let questionsOnly = Message(header: message.header, questions: message.questions)
        return Array(message.bytes().dropFirst(questionsOnly.bytes().count))
    }

    private func answer(_ owner: DomainName, _ data: RecordData) -> Message {
        Message(
            header: header, questions: [Question(name: web, type: data.type)],
            answers: [ResourceRecord(name: owner, timeToLive: 5, data: data)])
    }

    @Test("the question's name is a pointer to it, whatever the case of the owner's letters")
    func questionName() {
        let written = records(of: answer(name("WEB.default.svc.cluster.local"), .a(v4("10.0.0.1"))))
        #expect(written == bytes("c00c 0001 0001 00000005 0004 0a000001"))
    }

    @Test("the end of a name that stands already is a pointer to it")
    func endings() {
        // default.svc.cluster.local stands at 16, local at 36.
        #expect(
            records(of: answer(web, .cname(name("db.default.svc.cluster.local"))))
                == bytes("c00c 0005 0001 00000005 0005 026462 c010"))
        #expect(
            records(of: answer(web, .ptr(name("a.local"))))
                == bytes("c00c 000c 0001 00000005 0004 0161 c024"))
    }

    @Test("a name in data keeps its spelling: only the same letters are pointed to")
    func spelling() {
        #expect(
            records(of: answer(web, .cname(name("db.LOCAL"))))
                == bytes("c00c 0005 0001 00000005 000a 026462 054c4f43414c 00"))
    }

    @Test("targets of SRV records are written out, and pointed to")
    func plainTargets() {
        let location = ServiceLocation(priority: 0, weight: 1, port: 2, target: name("p.local"))
        var message = answer(web, .srv(location))
        message.additionals = [
            ResourceRecord(name: name("p.local"), timeToLive: 5, data: .a(v4("10.0.0.1")))
        ]
        // The target begins 18 bytes behind the start of the answer at 47.
        #expect(
            records(of: message)
                == bytes(
                    """
                    c00c 0021 0001 00000005 000f 0000 0001 0002 0170 056c6f63616c 00
                    c041 0001 0001 00000005 0004 0a000001
                    """))
    }

    @Test("types that came after RFC 1035 are written as they are")
    func opaque() {
        #expect(
            records(of: answer(web, .opaque(.dname, name("local").wire)))
                == bytes("c00c 0027 0001 00000005 0007 056c6f63616c 00"))
    }

    @Test("names of old types come out of their message whole")
    func expanded() throws {
        // An AFSDB record whose host is a pointer to the question's name.
        let packet = message(
            questions: 1, answers: 1,
            bytes("0161 00 0012 0001  c00c 0012 0001 00000005 0004 0001 c00c"))
        #expect(
            try Message(parsing: packet).answers.map(\.data)
                == [.opaque(RecordType(rawValue: 18), bytes("0001 0161 00"))])
    }

    @Test("no pointer leads beyond the first 16384 bytes")
    func farNames() throws {
        let filler = RecordData.opaque(
            RecordType(rawValue: 65280), [UInt8](repeating: 0xc0, count: 8000))
        var message = Message(header: header, questions: [Question(name: .root, type: .any)])
        for index in 0..<6 {
            message.answers += [
                ResourceRecord(name: name("n\(index).far.example"), timeToLive: 1, data: filler),
                ResourceRecord(
                    name: name("n\(index).m\(index).example"), timeToLive: 1,
                    data: .ptr(name("n\(index).m\(index).example"))),
            ]
        }
        #expect(try Message(parsing: message.bytes()) == message)
    }

    @Test("a writer used again does not point to names of the message before")
    func usedAgain() throws {
        var writer = MessageWriter()
        let first = answer(web, .cname(name("db.default.svc.cluster.local")))
        var second = answer(web, .cname(name("svc.cluster.local.db")))
        second.questions = []
        for _ in 0..<600 {  // more messages than the writer tells apart
            writer.write(first)
            writer.write(second)
        }
        #expect(writer.bytes == second.bytes())
        writer.write(first)
        #expect(writer.bytes == first.bytes())
    }

    @Test("thousands of names in one message")
    func manyNames() throws {
        var message = Message(
            header: header,
            questions: [
                Question(name: name("_http._tcp.web.default.svc.cluster.local"), type: .ptr)
            ])
        message.answers = (0..<2500).map { index in
            ResourceRecord(
                name: message.questions[0].name, timeToLive: 5,
                data: .ptr(name("pod-\(index).web.default.svc.cluster.local")))
        }
        let written = message.bytes()
        #expect(try Message(parsing: written) == message)
        // Each is its own label and a pointer: 12 before the data, at most 9 and 2 in them.
        #expect(written.count < 100 + 2500 * 23)
    }
}

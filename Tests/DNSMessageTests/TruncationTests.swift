import Addressing
import DNSMessage
import Testing

@Suite("Truncation")
struct TruncationTests {
    private let web = name("web.default.svc.cluster.local")

    /// Addresses of a name: 16 bytes each if the name is the question's.
    private func addresses(_ count: Int, of owner: DomainName? = nil) -> [ResourceRecord] {
        (0..<count).map { index in
            ResourceRecord(
                name: owner ?? web, timeToLive: 5,
                data: .a(IPv4Address(rawValue: 0x0af4_0000 + UInt32(index))))
        }
    }

    private func reply(
        answers: [ResourceRecord] = [], authorities: [ResourceRecord] = [],
        additionals: [ResourceRecord] = []
    ) -> Message {
        Message(
            header: MessageHeader(id: 1, isResponse: true),
            questions: [Question(name: web, type: .a)], answers: answers,
            authorities: authorities, additionals: additionals)
    }

    /// The bytes of header and question.
    private var start: Int { reply().bytes().count }

    @Test("a message of just the limit is whole, one byte more is truncated")
    func atTheLimit() throws {
        let message = reply(answers: addresses(40))
        let whole = message.bytes()
        #expect(whole.count == start + 40 * 16)
        #expect(message.bytes(limit: whole.count) == whole)
        let cut = try Message(parsing: message.bytes(limit: whole.count - 1))
        #expect(cut.header.isTruncated)
        #expect(cut.answers.isEmpty)
        #expect(cut.questions == message.questions)
    }

    @Test("sets before the one that does not fit are kept whole")
    func wholeSets() throws {
        let alias = ResourceRecord(name: web, timeToLive: 5, data: .cname(name("w.x")))
        let message = reply(
            answers: [alias] + addresses(60, of: name("w.x")),
            authorities: addresses(1, of: name("y")), additionals: addresses(1, of: name("z")))
        let cut = try Message(parsing: message.bytes(limit: 512))
        #expect(cut.header.isTruncated)
        #expect(cut.answers == [alias])
        #expect(cut.authorities.isEmpty && cut.additionals.isEmpty)
    }

    @Test("cut at records, as many are said as fit")
    func records() throws {
        var writer = MessageWriter(truncation: .records)
        let message = reply(answers: addresses(100))
        writer.write(message, limit: 512)
        #expect(writer.isTruncated)
        let cut = try Message(parsing: writer.bytes)
        #expect(cut.header.isTruncated)
        #expect(cut.answers == Array(message.answers.prefix((512 - start) / 16)))
        #expect(try writer.withBytes { try Message(parsing: $0) } == cut)
        writer.write(reply(answers: addresses(1)), limit: 512)
        #expect(!writer.isTruncated)
    }

    @Test("authorities that do not fit are missed as answers are")
    func authorities() throws {
        let message = reply(answers: addresses(1), authorities: addresses(60, of: name("a.b")))
        let cut = try Message(parsing: message.bytes(limit: 512))
        #expect(cut.header.isTruncated)
        #expect(cut.answers == message.answers)
        #expect(cut.authorities.isEmpty)
    }

    @Test("additional records that do not fit are not missed")
    func additionals() throws {
        let first = addresses(2, of: name("a.b"))
        let message = reply(
            answers: addresses(1), additionals: first + addresses(60, of: name("c.d")))
        let cut = try Message(parsing: message.bytes(limit: 512))
        #expect(!cut.header.isTruncated)
        #expect(cut.answers == message.answers)
        #expect(cut.additionals == first)
    }

    @Test("there is always room for the extensions")
    func extensions() throws {
        var message = reply(answers: addresses(40))
        message.extensions = ExtensionOptions(udpPayloadSize: 1232)
        let whole = message.bytes()
        #expect(whole.count == start + 40 * 16 + 11)
        #expect(message.bytes(limit: whole.count) == whole)
        let cut = try Message(parsing: message.bytes(limit: whole.count - 1))
        #expect(cut.header.isTruncated && cut.answers.isEmpty)
        #expect(cut.extensions == message.extensions)
    }

    @Test("limits under 512 and over 65535 mean these")
    func limits() throws {
        let small = reply(answers: addresses(20))
        #expect(small.bytes(limit: 0) == small.bytes())
        let large = reply(answers: addresses(4100))
        let cut = large.bytes(limit: .max)
        #expect(cut.count <= 65535)
        #expect(try Message(parsing: cut).header.isTruncated)
        let most = reply(answers: addresses((65535 - start) / 16))
        #expect(try Message(parsing: most.bytes()) == most)
    }

    @Test("data longer than any record has do not fit; long texts are split")
    func oversizedData() throws {
        let monster = ResourceRecord(
            name: web, timeToLive: 5,
            data: .opaque(RecordType(rawValue: 65280), [UInt8](repeating: 1, count: 65536)))
        let cut = try Message(parsing: reply(answers: [monster]).bytes())
        #expect(cut.header.isTruncated && cut.answers.isEmpty)
        let text = [UInt8](repeating: 0x78, count: 600)
        let long = ResourceRecord(name: web, timeToLive: 5, data: .txt([text, []]))
        let written = try Message(parsing: reply(answers: [long]).bytes(limit: 4096))
        let parts = [255, 255, 90, 0].map { [UInt8](repeating: 0x78, count: $0) }
        #expect(written.answers.map(\.data) == [.txt(parts)])
        let silent = ResourceRecord(name: web, timeToLive: 5, data: .txt([]))
        #expect(
            try Message(parsing: reply(answers: [silent]).bytes()).answers.map(\.data)
                == [.txt([[]])])
    }

    @Test("questions that do not fit are missed")
    func questions() throws {
        let message = Message(
            header: MessageHeader(id: 1),
            questions: (0..<200).map { Question(name: name("n\($0)"), type: .a) })
        #expect(try Message(parsing: message.bytes()) == message)
        let cut = try Message(parsing: message.bytes(limit: 512))
        #expect(cut.header.isTruncated)
        #expect(cut.questions == Array(message.questions.prefix(cut.questions.count)))
        #expect(cut.questions.count > 40)
    }
}

import DNSMessage
import Testing

@Suite("Extensions")
struct ExtensionTests {
    /// A query for the root's records of type A, with these additional records.
    private func query(_ additionals: UInt8, _ records: String) -> [UInt8] {
        message(questions: 1, additionals: additionals, bytes("00 0001 0001 \(records)"))
    }

    @Test("payload size, version and DO")
    func fields() throws {
        let query = try Query(parsing: query(1, "00 0029 1000 00 01 8000 0000"))
        #expect(
            query.extensions
                == ExtensionOptions(udpPayloadSize: 4096, version: 1, isDNSSECOK: true))
        #expect(query.datagramLimit(atMost: 1232) == 1232)
        #expect(query.datagramLimit(atMost: 8192) == 4096)
    }

    @Test("a payload size under 512 means 512, and so does none")
    func smallPayload() throws {
        let small = try Query(parsing: query(1, "00 0029 0000 00 00 0000 0000"))
        #expect(small.extensions?.udpPayloadSize == 0)
        #expect(small.datagramLimit(atMost: 1232) == 512)
        #expect(try Query(parsing: query(0, "")).datagramLimit(atMost: 1232) == 512)
        #expect(try Query(parsing: query(0, "")).extensions == nil)
    }

    @Test("the upper bits of the response code belong to the header's")
    func extendedCode() throws {
        let packet = query(1, "00 0029 0200 01 00 0000 0000")
        #expect(try Message(parsing: packet).header.responseCode == .badVersion)
        var message = Message(header: MessageHeader(id: 7, responseCode: .badVersion))
        message.extensions = ExtensionOptions(udpPayloadSize: 1232)
        #expect(try Message(parsing: message.bytes()) == message)
        message.extensions = nil
        #expect(
            try Message(parsing: message.bytes()).header.responseCode == .serverFailure,
            "a code that cannot be said is not NOERROR")
    }

    @Test("other additional records are passed over by a query, before and after")
    func otherAdditionals() throws {
        let signature = "00 00fa 00ff 00000000 0003 010203"
        let packet = query(3, "\(signature) 00 0029 04d0 00 00 0000 0000 \(signature)")
        #expect(try Query(parsing: packet).extensions?.udpPayloadSize == 1232)
        #expect(try Message(parsing: packet).additionals.count == 2)
    }

    @Test(
        "extensions twice, with a name or in another section are refused",
        arguments: [
            "00 0029 0200 00 00 0000 0000 00 0029 0200 00 00 0000 0000",
            "0161 00 0029 0200 00 00 0000 0000 0161 00 0001 0001 00000000 0000",
        ])
    func refused(records: String) throws {
        let packet = query(2, records)
        #expect(problem(packet)?.code == .badExtensions)
        let error = #expect(throws: MessageError.self) { try Query(parsing: packet) }
        #expect(error?.code == .badExtensions)
        var misplaced = query(1, "00 0029 0200 00 00 0000 0000")
        misplaced[11] = 0
        misplaced[7] = 1
        #expect(problem(misplaced)?.code == .badExtensions)
    }

    @Test(
        "options must fill the record exactly",
        arguments: [
            ("0004 000a 0000", true), ("0000", true), ("0006 000a 0002 0102", true),
            ("0003 000a 00", false), ("0005 000a 0000 01", false), ("0004 000a 0001 01", false),
            ("0006 000a 0003 0102", false),
        ])
    func options(data: String, isRead: Bool) {
        let packet = query(1, "00 0029 0200 00 00 0000 \(data)")
        #expect((problem(packet) == nil) == isRead)
        #expect(((try? Query(parsing: packet)) != nil) == isRead)
    }

    @Test("options too long for the limit are left out, the extensions themselves never")
    func longOptions() throws {
        let header = MessageHeader(id: 1)
        // 12 for the header, 5 for the question, 11 and 4 for the option without its data.
        for (count, fits) in [(480, true), (481, false)] {
            let option = ExtensionOption(code: 1, data: [UInt8](repeating: 7, count: count))
            let message = Message(
                header: header, questions: [Question(name: .root, type: .a)],
                extensions: ExtensionOptions(udpPayloadSize: 1232, options: [option]))
            let written = try Message(parsing: message.bytes(limit: 512))
            #expect(written.extensions?.options == (fits ? [option] : []))
            #expect(!written.header.isTruncated)
        }
        let monster = ExtensionOption(code: 1, data: [UInt8](repeating: 7, count: 70_000))
        let message = Message(
            header: header, extensions: ExtensionOptions(udpPayloadSize: 1232, options: [monster]))
        #expect(try Message(parsing: message.bytes()).extensions?.options == [])
    }
}

import Addressing
import DNSMessage
import Testing

@Suite("Messages of other programs")
struct RecordedMessageTests {
    @Test("written again they are the same bytes", arguments: RecordedMessages.all)
    func sameBytes(message: [UInt8]) throws {
        #expect(try Message(parsing: message).bytes() == message)
    }

    @Test("the query of dig: header, question, extensions and a cookie")
    func digQuery() throws {
        let query = try Query(parsing: RecordedMessages.digQuery)
        #expect(
            query.header
                == MessageHeader(id: 0xf462, isRecursionDesired: true, isAuthenticData: true))
        #expect(
            query.question
                == Question(name: name("kubernetes.default.svc.cluster.local"), type: .aaaa))
        let cookie = ExtensionOption(code: 10, data: bytes("bdbf41eb5716c930"))
        #expect(query.extensions == ExtensionOptions(udpPayloadSize: 1232, options: [cookie]))
        let message = try Message(parsing: RecordedMessages.digQuery)
        #expect(message.header == query.header)
        #expect(message.questions == [query.question])
        #expect(message.extensions == query.extensions)
        #expect(message.additionals.isEmpty)
    }

    @Test("an address")
    func address() throws {
        let message = try Message(parsing: RecordedMessages.address)
        let web = name("web.default.svc.cluster.local")
        #expect(message.header.isResponse && message.header.isAuthoritative)
        #expect(
            message.answers
                == [ResourceRecord(name: web, timeToLive: 5, data: .a(v4("10.96.7.1")))])
    }

    @Test("an owner that points to the question is spelled as the question")
    func mixedCase() throws {
        let answer = try #require(Message(parsing: RecordedMessages.mixedCase).answers.first)
        #expect(answer.name.description == "WeB.default.svc.cluSTER.local.")
        #expect(answer.data == .aaaa(try #require(IPv6Address("fd00:10:96::7:1"))))
    }

    @Test("SRV records and the addresses of their targets")
    func services() throws {
        let message = try Message(parsing: RecordedMessages.services)
        let pods = ["pod-0", "pod-1"].map { name("\($0).web.default.svc.cluster.local") }
        #expect(
            message.answers.map(\.data)
                == pods.map {
                    .srv(ServiceLocation(priority: 0, weight: 50, port: 80, target: $0))
                })
        #expect(message.additionals.map(\.name) == pods)
        #expect(
            message.additionals.map(\.data)
                == [.a(v4("10.244.1.7")), .a(v4("10.244.2.9"))])
    }

    @Test("a name that does not exist, and the start of the zone")
    func noSuchName() throws {
        let message = try Message(parsing: RecordedMessages.noSuchName)
        #expect(message.header.responseCode == .nameError)
        let start = StartOfAuthority(
            primaryServer: name("ns.dns.cluster.local"),
            mailbox: name("hostmaster.cluster.local"), serial: 7, refresh: 7200, retry: 1800,
            expire: 86400, minimum: 5)
        #expect(
            message.authorities
                == [ResourceRecord(name: name("cluster.local"), timeToLive: 5, data: .soa(start))])
    }

    @Test("texts, mail and types that are not looked into")
    func others() throws {
        #expect(
            try Message(parsing: RecordedMessages.text).answers.map(\.data)
                == [.txt([Array("1.1.0".utf8)])])
        #expect(
            try Message(parsing: RecordedMessages.mail).answers.map(\.data)
                == [.mx(MailExchange(preference: 10, exchange: name("mail.cluster.local")))])
        #expect(
            try Message(parsing: RecordedMessages.rewriting).answers.map(\.type) == [.naptr])
    }

    @Test("the names of RFC 1035 section 4.1.4")
    func compressionExample() throws {
        let data = "0001 0001 00000000 0000"
        let message = message(
            answers: 4,
            bytes("0146 03495349 0441525041 00 \(data)")  // F.ISI.ARPA at 12
                + bytes("03464f4f c00c \(data)")
                + bytes("c012 \(data)")  // ARPA at 18
                + bytes("00 \(data)"))
        let names = try Message(parsing: message).answers.map(\.name.description)
        #expect(names == ["F.ISI.ARPA.", "FOO.F.ISI.ARPA.", "ARPA.", "."])
    }
}

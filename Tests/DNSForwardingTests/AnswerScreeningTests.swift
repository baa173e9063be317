import DNSMessage
import Testing

@testable import DNSForwarding

@Suite("What is believed of an answer")
struct AnswerScreeningTests {
    private func screen(
        _ message: Message, for question: UpstreamQuestion, limits: CacheLimits = CacheLimits()
    ) throws -> UpstreamAnswer {
        try AnswerScreening.screen(message, for: question, limits: limits)
    }

    @Test("records of other names, types and sections are left out")
    func strays() throws {
        let message = response(
            to: question("www.example"),
            answers: [
                address("www.example", "192.0.2.1"), address("bank.example", "203.0.113.66"),
                start(of: "example"),
                ResourceRecord(
                    name: name("www.example"), class: .chaos, timeToLive: 5,
                    data: .opaque(.a, [1, 2])),
            ],
            authorities: [
                ResourceRecord(
                    name: name("example"), timeToLive: 9_000, data: .ns(name("evil.example")))
            ],
            additionals: [address("evil.example", "203.0.113.66")])
        let answer = try screen(message, for: asked("www.example"))
        #expect(answer.answers == [address("www.example", "192.0.2.1")])
        #expect(answer.authorities.isEmpty)
    }

    @Test("aliases are followed to their end, in whatever order they come")
    func aliases() throws {
        let message = response(
            to: question("www.example"),
            answers: [
                address("c.other", "192.0.2.1", seconds: 30), alias("b.other", "C.other"),
                address("b.other", "203.0.113.66"), alias("www.example", "b.other"),
            ])
        // An alias has no other records; that b.other has, is taken at its word.
        let answer = try screen(message, for: asked("www.example"))
        #expect(
            answer.answers == [
                alias("www.example", "b.other"), address("b.other", "203.0.113.66"),
            ])
        let other = response(
            to: question("www.example"),
            answers: [
                address("c.other", "192.0.2.1", seconds: 30), alias("b.other", "C.other"),
                alias("www.example", "b.other"),
            ])
        let followed = try screen(other, for: asked("www.example"))
        #expect(
            followed.answers == [
                alias("www.example", "b.other"), alias("b.other", "c.other"),
                address("c.other", "192.0.2.1", seconds: 30),
            ])
        #expect(followed.freshSeconds == 30)
    }

    @Test("a question for the alias itself is not followed")
    func aliasAsked() throws {
        let records = [alias("www.example", "b.other"), alias("b.other", "c.other")]
        let message = response(to: question("www.example", .cname), answers: records)
        let answer = try screen(message, for: asked("www.example", .cname))
        #expect(answer.answers == [records[0]])
    }

    @Test("as many aliases as are followed are followed, one more is none of our patience")
    func aliasLimit() throws {
        func chain(_ count: Int) -> Message {
            response(
                to: question("a0.example"),
                answers: (0..<count).map { alias("a\($0).example", "a\($0 + 1).example") }
                    + [address("a\(count).example", "192.0.2.1")])
        }
        #expect(try screen(chain(16), for: asked("a0.example")).answers.count == 17)
        #expect(throws: ExchangeFailure.contradictory) {
            try screen(chain(17), for: asked("a0.example"))
        }
    }

    @Test("aliases in a circle are no answer")
    func circle() {
        let message = response(
            to: question("a.example"),
            answers: [alias("a.example", "b.example"), alias("b.example", "a.example")])
        #expect(throws: ExchangeFailure.contradictory) {
            try screen(message, for: asked("a.example"))
        }
    }

    @Test("a set lives as long as the record that ends first, and no longer than the limit")
    func timesToLive() throws {
        let message = response(
            to: question("www.example"),
            answers: [
                alias("www.example", "b.example", seconds: 90_000),
                address("b.example", "192.0.2.1", seconds: 500),
                address("b.example", "192.0.2.2", seconds: 400),
            ])
        let answer = try screen(message, for: asked("www.example"))
        #expect(answer.answers.map(\.timeToLive) == [3_600, 400, 400])
        #expect(answer.freshSeconds == 400)
    }

    @Test(
        "a no holds as long as SOA and limit say, whichever is least",
        arguments: [
            (900, 60, 300, 60), (20, 60, 300, 20), (900, 600, 30, 30), (900, 0, 30, 0),
            (900, UInt32(Int32.max) + 1, 30, 0),
        ] as [(UInt32, UInt32, UInt32, UInt32)])
    func negative(seconds: UInt32, minimum: UInt32, limit: UInt32, expected: UInt32) throws {
        for code in [ResponseCode.noError, .nameError] {
            let message = response(
                to: question("no.example"), code,
                authorities: [start(of: "example", seconds: seconds, minimum: minimum)])
            let answer = try screen(
                message, for: asked("no.example"), limits: CacheLimits(negativeSeconds: limit))
            #expect(answer.responseCode == code)
            #expect(answer.freshSeconds == expected)
            #expect(answer.authorities.map(\.timeToLive) == [expected])
        }
    }

    @Test("an alias to a name that is not there keeps the alias and the end's SOA")
    func negativeBehindAlias() throws {
        let message = response(
            to: question("www.example"), .nameError,
            answers: [alias("www.example", "gone.other", seconds: 10)],
            authorities: [start(of: "example"), start(of: "other")])
        let answer = try screen(message, for: asked("www.example"))
        #expect(answer.answers.map(\.name) == [name("www.example")])
        #expect(answer.authorities.map(\.name) == [name("other")])
        #expect(answer.freshSeconds == 10)
    }

    @Test("a no without an SOA, or with another zone's, is told but not kept")
    func withoutStart() throws {
        for authorities in [[], [start(of: "com")]] {
            let message = response(
                to: question("no.example"), .nameError, authorities: authorities)
            let answer = try screen(message, for: asked("no.example"))
            #expect(answer.responseCode == .nameError)
            #expect(answer.authorities.isEmpty)
            #expect(answer.freshSeconds == 0)
        }
    }

    @Test("a server that only points elsewhere gives no answer")
    func referral() {
        let message = response(
            to: question("www.example"),
            authorities: [
                ResourceRecord(
                    name: name("example"), timeToLive: 60, data: .ns(name("ns.example")))
            ],
            isRecursionAvailable: false)
        #expect(throws: ExchangeFailure.notRecursive) {
            try screen(message, for: asked("www.example"))
        }
    }

    @Test(
        "other codes are no answer",
        arguments: [.serverFailure, .refused, .formatError, .notImplemented] as [ResponseCode])
    func codes(code: ResponseCode) {
        let message = response(
            to: question("www.example"), code, answers: [address("www.example", "192.0.2.1")])
        #expect(throws: ExchangeFailure.responseCode(code)) {
            try screen(message, for: asked("www.example"))
        }
    }

    @Test("a name that has the records and does not exist is a contradiction")
    func contradiction() {
        let message = response(
            to: question("www.example"), .nameError,
            answers: [address("www.example", "192.0.2.1")])
        #expect(throws: ExchangeFailure.contradictory) {
            try screen(message, for: asked("www.example"))
        }
    }

    @Test("signatures and proofs are for those who want them")
    func signatures() throws {
        func record(_ owner: String, _ type: UInt16, _ bytes: [UInt8]) -> ResourceRecord {
            ResourceRecord(
                name: name(owner), timeToLive: 300,
                data: .opaque(RecordType(rawValue: type), bytes))
        }
        // Signatures begin with the type that they cover.
        let signature = record("www.example", 46, [0, 1, 8, 2])
        let otherSignature = record("www.example", 46, [0, 15, 8, 2])
        let proof = record("example", 47, [0])
        let message = response(
            to: question("www.example"),
            answers: [address("www.example", "192.0.2.1"), signature, otherSignature],
            authorities: [proof])
        let plain = try screen(message, for: asked("www.example"))
        #expect(plain.answers == [address("www.example", "192.0.2.1")])
        #expect(plain.authorities.isEmpty)
        let signed = try screen(message, for: asked("www.example", isDNSSECOK: true))
        #expect(signed.answers == [address("www.example", "192.0.2.1"), signature])
        #expect(signed.authorities == [proof])
    }
}

import Addressing
import DNSMessage
import NIOCore

@testable import DNSForwarding

func name(_ text: String) -> DomainName {
    guard let name = DomainName(text) else { preconditionFailure("\(text) is no name") }
    return name
}

func server(_ text: String) -> UpstreamServer {
    guard let server = UpstreamServer(text) else { preconditionFailure("\(text) is no server") }
    return server
}

func question(_ text: String, _ type: RecordType = .a) -> Question {
    Question(name: name(text), type: type)
}

func asked(
    _ text: String, _ type: RecordType = .a, isDNSSECOK: Bool = false,
    isCheckingDisabled: Bool = false
) -> UpstreamQuestion {
    UpstreamQuestion(
        question: question(text, type), isDNSSECOK: isDNSSECOK,
        isCheckingDisabled: isCheckingDisabled)
}

func address(_ owner: String, _ text: String, seconds: UInt32 = 300) -> ResourceRecord {
    guard let address = IPv4Address(text) else { preconditionFailure("\(text) is no address") }
    return ResourceRecord(name: name(owner), timeToLive: seconds, data: .a(address))
}

func alias(_ owner: String, _ target: String, seconds: UInt32 = 300) -> ResourceRecord {
    ResourceRecord(name: name(owner), timeToLive: seconds, data: .cname(name(target)))
}

func start(
    of zone: String, seconds: UInt32 = 900, minimum: UInt32 = 60
) -> ResourceRecord {
    let start = StartOfAuthority(
        primaryServer: name("ns.\(zone)"), mailbox: name("admin.\(zone)"), serial: 1,
        refresh: 3_600, retry: 600, expire: 86_400, minimum: minimum)
    return ResourceRecord(name: name(zone), timeToLive: seconds, data: .soa(start))
}

/// A server's message that answers a question.
func response(
    to question: Question, _ code: ResponseCode = .noError, id: UInt16 = 0,
    answers: [ResourceRecord] = [], authorities: [ResourceRecord] = [],
    additionals: [ResourceRecord] = [], isRecursionAvailable: Bool = true
) -> Message {
    Message(
        header: MessageHeader(
            id: id, isResponse: true, isRecursionDesired: true,
            isRecursionAvailable: isRecursionAvailable, responseCode: code),
        questions: [question], answers: answers, authorities: authorities,
        additionals: additionals)
}

/// An answer as it is kept, with one record.
func answer(_ owner: String, _ text: String = "192.0.2.1", seconds: UInt32) -> UpstreamAnswer {
    UpstreamAnswer(
        responseCode: .noError, answers: [address(owner, text, seconds: seconds)],
        freshSeconds: seconds)
}

/// A time of the tests' own, so many seconds after another.
func second(_ number: Int64) -> NIODeadline {
    .uptimeNanoseconds(1_000_000_000_000) + .seconds(number)
}

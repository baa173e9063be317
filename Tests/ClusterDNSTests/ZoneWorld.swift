import Addressing
import ClusterDNS
import DNSMessage
import ServiceModel
import Testing

/// A zone as these tests have it, and its answers as text.
struct ZoneWorld {
    var zone: ClusterZone

    init(_ change: (inout ZoneSettings) -> Void = { _ in }) throws {
        var settings = ZoneSettings(origin: try name("cluster.local"))
        settings.serverAddresses = [try address("10.96.0.10"), try address("fd00:96::a")]
        settings.reverseBlocks = [
            try #require(CIDRBlock("10.96.0.0/12")), try #require(CIDRBlock("10.244.0.0/16")),
            try #require(CIDRBlock("fd00:96::/108")),
        ]
        change(&settings)
        zone = try #require(ClusterZone(settings: settings))
    }

    /// What the zone says, or nil if the name is outside.
    func ask(_ text: String, _ type: RecordType = .a, rotation: UInt = 0) throws -> Said? {
        let question = Question(name: try name(text), type: type)
        switch zone.answer(question, rotation: rotation) {
        case .outside: return nil
        case .answer(let answer): return Said(answer)
        }
    }

    /// The data of the answers, in their order.
    func data(_ text: String, _ type: RecordType = .a, rotation: UInt = 0) throws -> [String] {
        let said = try #require(try ask(text, type, rotation: rotation))
        return said.answers.map { $0.split(separator: " ").dropFirst(3).joined(separator: " ") }
    }

    /// Gives a Service a ClusterIP, or several.
    mutating func add(
        _ service: String = "default/web", at addresses: String..., ports: [NamedPort] = []
    ) throws {
        let records = ServiceRecords.clusterIP(
            addresses: try addresses.map { try address($0) }, ports: ports)
        let identity = try #require(ServiceIdentity(service))
        zone.set(records, for: identity)
    }

    /// Gives a headless Service endpoints.
    mutating func add(_ service: String, endpoints: [NamedEndpoint], ports: [NamedPort] = []) throws
    {
        let group = NamedEndpointGroup(ports: ports, endpoints: endpoints)
        let identity = try #require(ServiceIdentity(service))
        zone.set(.headless(HeadlessRecords([group])), for: identity)
    }

    /// Makes a Service another name of this one.
    mutating func add(_ service: String, alias: String) throws {
        let identity = try #require(ServiceIdentity(service))
        zone.set(.alias(try name(alias)), for: identity)
    }
}

/// The parts of an answer as text, each record such as `web.default. 5 A 10.96.0.20`.
struct Said: Equatable {
    var code = ResponseCode.noError
    var answers: [String] = []
    var authorities: [String] = []
    var additionals: [String] = []
    var alias: String?

    init(_ answer: ZoneAnswer.Answer) {
        code = answer.responseCode
        answers = answer.answers.map(text)
        authorities = answer.authorities.map(text)
        additionals = answer.additionals.map(text)
        alias = answer.unresolvedAlias?.description
    }

    private init(code: ResponseCode, authorities: [String]) {
        self.code = code
        self.authorities = authorities
    }

    /// A "no" with the start of the zone that says so.
    static func no(
        _ code: ResponseCode, of apex: String = "cluster.local.", serial: UInt32
    ) -> Said {
        Said(
            code: code,
            authorities: [
                "\(apex) 5 SOA ns.dns.cluster.local. hostmaster.cluster.local. \(serial) 7200 "
                    + "1800 86400 5"
            ])
    }
}

private func text(_ record: ResourceRecord) -> String {
    "\(record.name) \(record.timeToLive) \(record.type) \(text(record.data))"
}

private func text(_ data: RecordData) -> String {
    switch data {
    case .a(let address): "\(address)"
    case .aaaa(let address): "\(address)"
    case .cname(let name), .ns(let name), .ptr(let name): "\(name)"
    case .soa(let start):
        "\(start.primaryServer) \(start.mailbox) \(start.serial) \(start.refresh) "
            + "\(start.retry) \(start.expire) \(start.minimum)"
    case .srv(let location):
        "\(location.priority) \(location.weight) \(location.port) \(location.target)"
    case .txt(let texts): texts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    default: "\(data)"
    }
}

func name(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

func port(_ name: String, _ number: Int, _ transport: TransportProtocol = .tcp) throws -> NamedPort
{
    let number = try #require(Port(number))
    return try #require(NamedPort(name: name, transport: transport, port: number))
}

func endpoint(_ text: String, _ hostname: String? = nil) throws -> NamedEndpoint {
    let label = hostname.flatMap { NameLabel($0) }
    #expect((label == nil) == (hostname == nil))
    return NamedEndpoint(hostname: label, address: try address(text))
}

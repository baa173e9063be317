import Addressing
import ClusterDNS
import DNSForwarding
import DNSMessage
import Logging
import ServiceModel
import Testing

@testable import DNSServer

/// The name in the text.
func name(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

/// The address in the text.
func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

/// The block in the text.
func block(_ text: String) throws -> CIDRBlock { try #require(CIDRBlock(text)) }

/// The endpoint in the text.
func endpoint(_ text: String) throws -> SocketEndpoint { try #require(SocketEndpoint(text)) }

/// A forwarder that has nobody to ask; never shut down, because all tests share it.
let lonelyForwarder = Forwarder(
    ForwardingConfiguration(upstreams: []), logger: Logger(label: "test"))

/// A zone with `web` and `db` in `default`, `far` that stands for a name elsewhere, and `many`
/// with more addresses than a datagram holds.
func sampleZone(_ origin: String = "cluster.local") throws -> ClusterZone {
    let settings = ZoneSettings(
        origin: try name(origin), reverseBlocks: [try block("10.96.0.0/12")])
    var zone = try #require(ClusterZone(settings: settings))
    for (service, addresses) in ["web": ["10.96.0.20"], "db": ["10.96.0.21", "fd00:96::21"]] {
        zone.set(
            .clusterIP(addresses: try addresses.map { try address($0) }, ports: []),
            for: ServiceIdentity(namespace: "default", name: service))
    }
    zone.set(
        .alias(try name("web.default.svc.acme.local")),
        for: ServiceIdentity(namespace: "default", name: "far"))
    let many = try (1...100).map { number in
        NamedEndpoint(
            hostname: NameLabel("pod-\(number)"),
            address: try address("10.244.1.\(number)"))
    }
    zone.set(
        .headless(HeadlessRecords([NamedEndpointGroup(ports: [], endpoints: many)])),
        for: ServiceIdentity(namespace: "default", name: "many"))
    return zone
}

/// The sample zone, with names resolved for pods and this host.
func sampleNames(isComplete: Bool = true) throws -> ServedNames {
    ServedNames(
        zone: try sampleZone(), isComplete: isComplete,
        recursionSources: AddressList(
            try ["127.0.0.0/8", "::1/128", "10.244.0.0/16"].map { try block($0) }))
}

/// What a server's threads share: the sample zone and nobody to ask, unless told otherwise.
func sampleContext(
    names: ServedNames? = nil, forwarder: Forwarder = lonelyForwarder,
    limits: ServerLimits = ServerLimits(answersPerSecond: 0)
) throws -> QueryHandler.Context {
    QueryHandler.Context(
        published: PublishedNames(try names ?? sampleNames()), forwarder: forwarder,
        limits: limits, rateLimit: AnswerRateLimit(answersPerSecond: limits.answersPerSecond),
        log: nil)
}

/// The bytes of a query.
func query(
    _ name: String, _ type: RecordType = .a, class: RecordClass = .internet, id: UInt16 = 0x1234,
    extensions: ExtensionOptions? = nil
) throws -> [UInt8] {
    let question = Question(name: try DNSServerTests.name(name), type: type, class: `class`)
    return Message(
        header: MessageHeader(id: id, isRecursionDesired: true), questions: [question],
        extensions: extensions
    ).bytes()
}

/// One handler, asked from memory.
struct Asking {
    /// A pod, which may have all names resolved.
    static let pod = "10.244.1.2"

    let handler: QueryHandler

    init(_ context: QueryHandler.Context, over transport: QueryTransport = .udp) {
        handler = QueryHandler(context, transport: transport)
    }

    init(over transport: QueryTransport = .udp) throws {
        self.init(try sampleContext(), over: transport)
    }

    /// What becomes of a message.
    enum Result {
        case reply(Message, byteCount: Int)
        case forward(ForwardRequest)
        case nothing
    }

    /// Asks with these bytes.
    func ask(
        _ bytes: [UInt8], from client: String = pod, now: UInt64 = 0
    ) throws -> Result {
        let client = try address(client)
        switch handler.handle(unsafe bytes.span.bytes, from: client, now: now) {
        case .drop: return .nothing
        case .forward(let request): return .forward(request)
        case .reply:
            return .reply(
                try Message(parsing: handler.reply), byteCount: handler.reply.count)
        }
    }

    /// The reply to these bytes, which must have one.
    func reply(
        _ bytes: [UInt8], from client: String = pod, now: UInt64 = 0
    ) throws -> Message {
        guard case .reply(let message, _) = try ask(bytes, from: client, now: now) else {
            throw NoReply()
        }
        return message
    }
}

/// A message that should have been answered at once, and was not.
struct NoReply: Error {}

import DNSMessage

/// What servers say to a question, screened: what is kept, and what askers are told from.
struct UpstreamAnswer: Hashable {
    /// NOERROR or NXDOMAIN; SERVFAIL for a remembered failure.
    var responseCode: ResponseCode
    /// Whether the server says that it checked the signatures.
    var isAuthenticData = false
    /// The aliases from the name asked for on, and the records at their end.
    var answers: [ResourceRecord] = []
    /// For a "no", the zone's SOA; the proofs, if signatures were wanted.
    var authorities: [ResourceRecord] = []
    /// How long it may be kept, in seconds; 0 if it may not.
    var freshSeconds: UInt32
    /// Why there is no answer, for a remembered failure.
    var failure: ForwardingFailure?

    /// That nothing could be found out, for as long as may be remembered.
    static func failed(_ failure: ForwardingFailure, freshSeconds: UInt32) -> UpstreamAnswer {
        UpstreamAnswer(
            responseCode: .serverFailure, freshSeconds: freshSeconds, failure: failure)
    }

    /// What it takes to keep, in bytes, by estimate: a bound needs no exact count.
    var byteCount: Int {
        let records = answers.reduce(0) { $0 + $1.byteCount }
        return authorities.reduce(Self.overheadBytes + records) { $0 + $1.byteCount }
    }

    /// The entry itself, its place in the index and two array headers.
    private static let overheadBytes = 300
}

extension ResourceRecord {
    /// The record's own place, its name's storage and what its data refers to, in bytes.
    fileprivate var byteCount: Int {
        64 + 48 + name.wire.count + data.byteCount
    }
}

extension RecordData {
    fileprivate var byteCount: Int {
        switch self {
        case .a, .aaaa: 0
        case .cname(let name), .ns(let name), .ptr(let name): 48 + name.wire.count
        case .soa(let start):
            160 + start.primaryServer.wire.count + start.mailbox.wire.count
        case .srv(let location): 48 + location.target.wire.count
        case .mx(let exchange): 48 + exchange.exchange.wire.count
        case .txt(let texts): texts.reduce(32) { $0 + 48 + $1.count }
        case .opaque(_, let bytes): 32 + bytes.count
        }
    }
}

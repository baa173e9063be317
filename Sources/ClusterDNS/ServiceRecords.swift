package import Addressing
package import DNSMessage

/// What the zone says of one Service.
///
/// Two words and what they point to, for there may be a hundred thousand of them.
package enum ServiceRecords: Hashable, Sendable {
    /// The Service's own addresses, in its order of families, and its named ports. Without an
    /// address there are no records.
    case clusterIP(addresses: [IPAddress], ports: [NamedPort])
    /// The endpoints' addresses. Without an endpoint there are no records.
    indirect case headless(HeadlessRecords)
    /// Another name for what is found at this one.
    indirect case alias(DomainName)

    /// Whether the Service's name exists.
    var exists: Bool {
        switch self {
        case .clusterIP(let addresses, _): !addresses.isEmpty
        case .headless(let records): !records.endpoints.isEmpty
        case .alias: true
        }
    }

    /// The addresses whose reverse names lead here.
    var pointers: Set<PointerSource> {
        switch self {
        case .clusterIP(let addresses, _):
            Set(addresses.map { PointerSource(address: $0, hostname: nil) })
        case .headless(let records):
            Set(records.endpoints.map { PointerSource(address: $0.address, hostname: $0.hostname) })
        case .alias: []
        }
    }
}

/// An address that is to be found by its reverse name.
struct PointerSource: Hashable {
    let address: IPAddress
    /// The endpoint's label; nil where the address is the Service's own.
    let hostname: NameLabel?
}

import Addressing

/// The endpoints of a Service without an address, laid out for questions.
///
/// Everything is sorted and single, so that neither the order of slices nor that of endpoints
/// shows, and names are found by halving.
package struct HeadlessRecords: Hashable, Sendable {
    /// Every address with its label, sorted by the label.
    let endpoints: [NamedEndpoint]
    /// The IPv4 addresses, sorted.
    let v4: [IPv4Address]
    /// The IPv6 addresses, sorted.
    let v6: [IPv6Address]
    /// Who serves each named port, sorted by name and protocol.
    let servedPorts: [ServedPort]

    /// Brings the groups' endpoints together.
    package init(_ groups: [NamedEndpointGroup]) {
        endpoints = Self.sortedOnce(groups.flatMap(\.endpoints))
        v4 = Self.sortedOnce(
            endpoints.compactMap { if case .v4(let address) = $0.address { address } else { nil } })
        v6 = Self.sortedOnce(
            endpoints.compactMap { if case .v6(let address) = $0.address { address } else { nil } })
        var targets: [PortKey: [ServedTarget]] = [:]
        for group in groups {
            for port in group.ports where !group.endpoints.isEmpty {
                let key = PortKey(label: port.label, transport: port.transport)
                targets[key, default: []] += group.endpoints.map {
                    ServedTarget(hostname: $0.hostname, port: port.port)
                }
            }
        }
        servedPorts =
            targets
            .map { key, targets in ServedPort(key: key, targets: Self.sortedOnce(targets)) }
            .sorted { $0.key < $1.key }
    }

    /// The addresses of the endpoints with this label.
    func addresses(of hostname: NameLabel) -> [IPAddress] {
        var low = endpoints.startIndex
        var high = endpoints.endIndex
        while low < high {
            let middle = (low + high) / 2
            if endpoints[middle].hostname < hostname { low = middle + 1 } else { high = middle }
        }
        return endpoints[low...].prefix { $0.hostname == hostname }.map(\.address)
    }

    private static func sortedOnce<Element: Comparable>(_ elements: [Element]) -> [Element] {
        var sorted: [Element] = []
        sorted.reserveCapacity(elements.count)
        for element in elements.sorted() where element != sorted.last { sorted.append(element) }
        return sorted
    }
}

/// What a port is asked for by.
struct PortKey: Hashable, Sendable, Comparable {
    let label: NameLabel
    let transport: TransportProtocol

    static func < (left: PortKey, right: PortKey) -> Bool {
        (left.label, left.transport) < (right.label, right.transport)
    }
}

/// A named port of a headless Service, and the endpoints that serve it.
struct ServedPort: Hashable, Sendable {
    let key: PortKey
    let targets: [ServedTarget]
}

/// An endpoint by its label, and its number for a port.
struct ServedTarget: Hashable, Sendable, Comparable {
    let hostname: NameLabel
    let port: Port

    static func < (left: ServedTarget, right: ServedTarget) -> Bool {
        (left.hostname, left.port) < (right.hostname, right.port)
    }
}

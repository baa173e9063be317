import Addressing
import ClusterDNS
import KubeAPI

/// Reads an EndpointSlice into what names need of it.
struct NameSliceReading {
    private let object: EndpointSliceObject
    private(set) var problems: [TranslationProblem] = []

    private init(_ object: EndpointSliceObject) {
        self.object = object
    }

    /// The slice, and what in it could not be read.
    ///
    /// A slice of no Service gives nil, and so does one of host names (`addressType: FQDN`): no
    /// address record can hold a name.
    static func read(
        _ object: EndpointSliceObject
    ) -> (slice: NameSlice?, problems: [TranslationProblem]) {
        var reading = NameSliceReading(object)
        let slice = reading.slice()
        return (slice, reading.problems)
    }

    private mutating func slice() -> NameSlice? {
        guard let service = object.serviceName.flatMap({ NameLabel($0) }) else { return nil }
        let family: IPFamily
        switch object.addressType {
        case "IPv4": family = .v4
        case "IPv6": family = .v6
        default: return nil
        }
        return NameSlice(service: service, ports: ports(), endpoints: endpoints(family))
    }

    private mutating func ports() -> [NamedPort] {
        var ports: [NamedPort] = []
        for (index, port) in (object.ports ?? []).enumerated() {
            guard let name = port.name, !name.isEmpty, let number = port.port else { continue }
            if let transport = TransportProtocol(kubernetes: port.protocol ?? "TCP"),
                let value = Port(number),
                let port = NamedPort(name: name, transport: transport, port: value)
            {
                ports.append(port)
            } else {
                report("ports[\(index)]", "\"\(name)\" has no name in DNS; it is left out")
            }
        }
        return ports
    }

    private mutating func endpoints(_ family: IPFamily) -> [NameSliceEndpoint] {
        var endpoints: [NameSliceEndpoint] = []
        endpoints.reserveCapacity(object.endpoints.count)
        for (index, endpoint) in object.endpoints.enumerated() {
            let hostname = hostname(endpoint, index)
            for text in endpoint.addresses {
                guard let address = IPAddress(text), address.family == family else {
                    report(
                        "endpoints[\(index)].addresses",
                        "\"\(text)\" is not an \(object.addressType) address; it is left out")
                    continue
                }
                // A condition that is not stated counts as ready (API reference).
                endpoints.append(
                    NameSliceEndpoint(
                        address: address, hostname: hostname,
                        isReady: endpoint.conditions?.ready ?? true))
            }
        }
        return endpoints
    }

    private mutating func hostname(_ endpoint: SliceEndpoint, _ index: Int) -> NameLabel? {
        guard let text = endpoint.hostname, !text.isEmpty else { return nil }
        let label = NameLabel(text)
        if label == nil {
            report(
                "endpoints[\(index)].hostname",
                "\"\(text)\" is not a label; one made of the address is used")
        }
        return label
    }

    private mutating func report(_ field: String, _ message: String) {
        problems.append(
            TranslationProblem(
                object: "EndpointSlice \(object.key.namespace)/\(object.key.name)", field: field,
                message: message))
    }
}

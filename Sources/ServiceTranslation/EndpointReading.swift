import Addressing
import KubeAPI
import ServiceModel

/// Reads EndpointSlices into groups of endpoints.
enum EndpointReading {
    /// The group that a slice stands for, and the endpoints that could not be read.
    ///
    /// A slice of host names (`addressType: FQDN`) gives nil: no rule can lead to a name.
    static func read(
        _ slice: EndpointSliceObject
    ) -> (group: EndpointGroup?, problems: [TranslationProblem]) {
        let family: IPFamily
        switch slice.addressType {
        case "IPv4": family = .v4
        case "IPv6": family = .v6
        default: return (nil, [])
        }
        var problems: [TranslationProblem] = []
        var ports: [EndpointPort] = []
        for (index, port) in (slice.ports ?? []).enumerated() {
            // A port without a number means "every port" and no Service can name it.
            guard let number = port.port else { continue }
            guard let transport = TransportProtocol(kubernetes: port.protocol ?? "TCP"),
                let value = Port(number)
            else {
                problems.append(
                    problem(slice, "ports[\(index)]", "is not a port; it is left out"))
                continue
            }
            ports.append(EndpointPort(name: port.name ?? "", transport: transport, port: value))
        }
        var endpoints: [Endpoint] = []
        endpoints.reserveCapacity(slice.endpoints.count)
        for (index, endpoint) in slice.endpoints.enumerated() {
            for text in endpoint.addresses {
                guard let address = IPAddress(text), address.family == family else {
                    problems.append(
                        problem(
                            slice, "endpoints[\(index)].addresses",
                            "\"\(text)\" is not an \(slice.addressType) address; it is left out"))
                    continue
                }
                endpoints.append(read(endpoint, address: address))
            }
        }
        return (EndpointGroup(family: family, ports: ports, endpoints: endpoints), problems)
    }

    /// A condition that is not stated counts as the API reference says: ready and serving.
    private static func read(_ endpoint: SliceEndpoint, address: IPAddress) -> Endpoint {
        let isReady = endpoint.conditions?.ready ?? true
        return Endpoint(
            address: address, isReady: isReady,
            isServing: endpoint.conditions?.serving ?? isReady,
            isTerminating: endpoint.conditions?.terminating ?? false,
            nodeName: endpoint.nodeName, zone: endpoint.zone,
            zoneHints: endpoint.hints?.forZones?.map(\.name) ?? [],
            nodeHints: endpoint.hints?.forNodes?.map(\.name) ?? [])
    }

    private static func problem(
        _ slice: EndpointSliceObject, _ field: String, _ message: String
    ) -> TranslationProblem {
        let name = "\(slice.metadata.namespace ?? "default")/\(slice.metadata.name ?? "")"
        return TranslationProblem(
            object: "EndpointSlice \(name)", field: field, message: message)
    }
}

import Addressing
import ClusterDNS
import DNSMessage
import KubeAPI
import ServiceModel

/// What of a Service matters to its names.
enum NamedService: Hashable, Sendable {
    /// All that there is to say.
    case records(ServiceRecords)
    /// The slices say the rest.
    case headless(publishesNotReady: Bool)
}

/// Reads a Service into what its name leads to.
///
/// A Service that leads nowhere, yet or at all, has no address: its name does not exist, but its
/// namespace does.
struct NameReading {
    private let object: ServiceObject
    private var problems: [TranslationProblem] = []

    private static let nowhere = ServiceRecords.clusterIP(addresses: [], ports: [])

    private init(_ object: ServiceObject) {
        self.object = object
    }

    /// What the Service's name leads to, and what in the object leads nowhere.
    static func read(
        _ object: ServiceObject
    ) -> (service: NamedService, problems: [TranslationProblem]) {
        var reading = NameReading(object)
        let service = reading.service()
        return (service, reading.problems)
    }

    private mutating func service() -> NamedService {
        let spec = object.spec
        if spec.type == "ExternalName" { return .records(alias()) }
        let clusterIPs = spec.clusterIPs ?? spec.clusterIP.map { [$0] } ?? []
        if clusterIPs.first == "None" {
            return .headless(publishesNotReady: spec.publishNotReadyAddresses ?? false)
        }
        return .records(.clusterIP(addresses: addresses(clusterIPs), ports: ports()))
    }

    /// The name that the Service stands for.
    ///
    /// Digits and dots are no name: resolvers take them for the address they look like, and ask
    /// nobody.
    private mutating func alias() -> ServiceRecords {
        let text = object.spec.externalName ?? ""
        guard let target = DomainName(text), target != .root, IPAddress(text) == nil else {
            report("spec.externalName", "\"\(text)\" is not a domain name; there is no alias")
            return Self.nowhere
        }
        return .alias(target)
    }

    private mutating func addresses(_ texts: [String]) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for (index, text) in texts.enumerated() where !text.isEmpty {
            if let address = IPAddress(text) {
                addresses.append(address)
            } else {
                report(
                    "spec.clusterIPs[\(index)]", "\"\(text)\" is not an IP address; it is left out")
            }
        }
        return addresses
    }

    private mutating func ports() -> [NamedPort] {
        var ports: [NamedPort] = []
        for (index, port) in (object.spec.ports ?? []).enumerated() {
            // SRV records are for ports with a name.
            guard let name = port.name, !name.isEmpty else { continue }
            if let transport = TransportProtocol(kubernetes: port.protocol ?? "TCP"),
                let number = Port(port.port),
                let port = NamedPort(name: name, transport: transport, port: number)
            {
                ports.append(port)
            } else {
                report(
                    "spec.ports[\(index)]",
                    "\"\(name)\" \(port.port)/\(port.protocol ?? "TCP") has no name in DNS; "
                        + "it is left out")
            }
        }
        return ports
    }

    private mutating func report(_ field: String, _ message: String) {
        problems.append(
            TranslationProblem(
                object: "Service \(object.identity)", field: field, message: message))
    }
}

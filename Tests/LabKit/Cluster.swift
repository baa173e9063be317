import Foundation

package enum Family: String, CaseIterable, Sendable {
    case v4
    case v6

    /// Whether the text is an address of this family.
    package func contains(_ address: String) -> Bool { address.contains(":") == (self == .v6) }
}

/// A Service as the API lists it.
package struct ListedService: Decodable, Hashable, Sendable {
    package struct Metadata: Decodable, Hashable, Sendable {
        package let name: String
        package let annotations: [String: String]?
    }

    package struct Port: Decodable, Hashable, Sendable {
        package let name: String?
        package let port: Int
        package let nodePort: Int?
    }

    package struct Spec: Decodable, Hashable, Sendable {
        package let clusterIPs: [String]?
        package let ports: [Port]?
        package let healthCheckNodePort: Int?
    }

    package struct Status: Decodable, Hashable, Sendable {
        package let loadBalancer: LoadBalancer?
    }

    package struct LoadBalancer: Decodable, Hashable, Sendable {
        package let ingress: [Ingress]?
    }

    package struct Ingress: Decodable, Hashable, Sendable {
        package let ip: String?
    }

    package let metadata: Metadata
    package let spec: Spec
    package let status: Status?

    package var clusterIPs: [String] { spec.clusterIPs ?? [] }
    package var virtualIPs: [String] { status?.loadBalancer?.ingress?.compactMap(\.ip) ?? [] }
    package var healthCheckNodePort: Int? { spec.healthCheckNodePort }
    package var nodePorts: [Int] { spec.ports?.compactMap(\.nodePort) ?? [] }
}

/// Where a Service is reached.
package enum FrontendKind: Hashable, Sendable {
    case clusterIP
    case nodePort(node: String)
    case virtualIP
}

/// The Services of a lab, as its API has them now.
package struct Cluster: Sendable {
    private struct List: Decodable {
        let items: [ListedService]
    }

    package let lab: Lab
    private let host: String
    private let api: String

    /// The cluster of the lab's own API, or of one that a host reaches at this address.
    package init(_ lab: Lab, seenFrom host: String = "control", api: String = Lab.api) {
        self.lab = lab
        self.host = host
        self.api = api
    }

    /// All Services by name.
    package func services() async throws -> [String: ListedService] {
        let text = try await lab.exec(
            host, "curl", "--silent", "--fail", "\(api)/api/v1/services")
        let list = try JSONDecoder().decode(List.self, from: Data(text.utf8))
        return Dictionary(list.items.map { ($0.metadata.name, $0) }) { first, _ in first }
    }

    /// One Service; throws if there is none of this name.
    package func service(_ name: String) async throws -> ListedService {
        guard let service = try await services()[name] else {
            throw Unexpected("the API has no Service \(name)")
        }
        return service
    }

    /// `address:port` of a Service's frontend; the port named `http` for TCP, `dns` for UDP.
    package func target(
        _ name: String, _ kind: FrontendKind, _ family: Family, _ transport: Transport = .tcp
    ) async throws -> String {
        let service = try await service(name)
        let portName = transport == .tcp ? "http" : "dns"
        guard let port = service.spec.ports?.first(where: { $0.name == portName }) else {
            throw Unexpected("Service \(name) has no port \(portName)")
        }
        let address: String?
        var number: Int? = port.port
        switch kind {
        case .clusterIP: address = service.clusterIPs.first(where: family.contains)
        case .virtualIP: address = service.virtualIPs.first(where: family.contains)
        case .nodePort(let node):
            address = (family == .v4 ? "192.168.50." : "fd50::") + node.suffix(1)
            number = port.nodePort
        }
        guard let address, let number else {
            throw Unexpected("Service \(name) has no \(kind) of family \(family)")
        }
        return Self.text(address, number)
    }

    /// The same frontend in both families.
    package func targets(
        _ name: String, _ kind: FrontendKind, _ transport: Transport = .tcp
    ) async throws -> [String] {
        [
            try await target(name, kind, .v4, transport),
            try await target(name, kind, .v6, transport),
        ]
    }

    package static func text(_ address: String, _ port: Int) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}

import Foundation

enum Family: String, CaseIterable, Sendable {
    case v4
    case v6

    /// Whether the text is an address of this family.
    func contains(_ address: String) -> Bool { address.contains(":") == (self == .v6) }
}

/// A Service as the API lists it.
struct ListedService: Decodable, Hashable, Sendable {
    struct Metadata: Decodable, Hashable, Sendable {
        let name: String
    }

    struct Port: Decodable, Hashable, Sendable {
        let name: String?
        let port: Int
        let nodePort: Int?
    }

    struct Spec: Decodable, Hashable, Sendable {
        let clusterIPs: [String]?
        let ports: [Port]?
    }

    struct Status: Decodable, Hashable, Sendable {
        let loadBalancer: LoadBalancer?
    }

    struct LoadBalancer: Decodable, Hashable, Sendable {
        let ingress: [Ingress]?
    }

    struct Ingress: Decodable, Hashable, Sendable {
        let ip: String?
    }

    let metadata: Metadata
    let spec: Spec
    let status: Status?

    var clusterIPs: [String] { spec.clusterIPs ?? [] }
    var virtualIPs: [String] { status?.loadBalancer?.ingress?.compactMap(\.ip) ?? [] }
    var nodePorts: [Int] { spec.ports?.compactMap(\.nodePort) ?? [] }
}

/// Where a Service is reached.
enum FrontendKind: Hashable, Sendable {
    case clusterIP
    case nodePort(node: String)
    case virtualIP
}

/// The Services of a lab, as its API has them now.
struct Cluster: Sendable {
    private struct List: Decodable {
        let items: [ListedService]
    }

    private let lab: Lab
    private let host: String
    private let api: String

    /// The cluster of the lab's own API, or of one that a host reaches at this address.
    init(_ lab: Lab, seenFrom host: String = "control", api: String = Lab.api) {
        self.lab = lab
        self.host = host
        self.api = api
    }

    /// All Services by name.
    func services() async throws -> [String: ListedService] {
        let text = try await lab.exec(
            host, "curl", "--silent", "--fail", "\(api)/api/v1/services")
        let list = try JSONDecoder().decode(List.self, from: Data(text.utf8))
        return Dictionary(list.items.map { ($0.metadata.name, $0) }) { first, _ in first }
    }

    /// One Service; throws if there is none of this name.
    func service(_ name: String) async throws -> ListedService {
        guard let service = try await services()[name] else {
            throw Unexpected("the API has no Service \(name)")
        }
        return service
    }

    /// `address:port` of a Service's frontend; the port named `http` for TCP, `dns` for UDP.
    func target(
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
    func targets(
        _ name: String, _ kind: FrontendKind, _ transport: Transport = .tcp
    ) async throws -> [String] {
        [
            try await target(name, kind, .v4, transport),
            try await target(name, kind, .v6, transport),
        ]
    }

    static func text(_ address: String, _ port: Int) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    /// Waits until every host serves the tests' own Services in both families.
    func waitUntilServed(by nodes: [String] = Lab.nodes) async throws {
        try await eventually("the API has the tests' Services") {
            try await services()["trio"]?.virtualIPs.count == 2
        }
        for name in ["trio", "web-public"] {
            let addresses = try await targets(name, .virtualIP)
            let inside = try await targets(name, .clusterIP)
            for node in nodes {
                try await waitUntilAnswered(inside, from: "\(node)-pod1")
                try await waitUntilAnswered(
                    try await targets(name, .nodePort(node: node)), from: "client")
            }
            try await eventually("the balancer sends to every node") {
                let report = try await lab.send(
                    60, from: "client", to: addresses, atOnce: 6, timeoutMilliseconds: 500)
                return report.failed == 0
                    && nodes.allSatisfy { node in
                        report.pods.contains { $0.hasPrefix(node) }
                    }
            }
        }
    }

    private func waitUntilAnswered(_ targets: [String], from host: String) async throws {
        try await eventually("\(targets) answers \(host)") {
            let report = try await lab.send(
                targets.count, from: host, to: targets, timeoutMilliseconds: 500)
            return report.failed == 0
        }
    }
}

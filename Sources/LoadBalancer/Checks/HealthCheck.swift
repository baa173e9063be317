package import Addressing
package import HealthChecking

/// One check: where it goes, what it asks for there, and how often.
///
/// Services that lead to the same place share it, because equal checks are one check.
package struct HealthCheck: Hashable, Sendable {
    /// An address of a node, and a port.
    package let socket: SocketEndpoint
    /// What is asked for there.
    package let request: CheckRequest
    /// How often, and what results add up to.
    package let policy: HealthPolicy

    /// A check of this place.
    package init(
        _ socket: SocketEndpoint, _ request: CheckRequest, policy: HealthPolicy = .standard
    ) {
        self.socket = socket
        self.request = request
        self.policy = policy
    }

    /// Feeds socket and path to the hasher: few checks share both, and a node's death looks up a
    /// check for each node of each Service.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(socket)
        switch request {
        case .http(let http): hasher.combine(http.path)
        case .grpc(let service, _): hasher.combine(service)
        case .command(let name): hasher.combine(name)
        case .connect, .datagram, .endpointCount: break
        }
    }
}

extension HealthCheck: CustomStringConvertible {
    /// For example `tcp 192.168.50.1:30080` or `http 192.168.50.1:10256/healthz`.
    package var description: String {
        switch request {
        case .connect: "tcp \(socket)"
        case .http(let http): "http\(http.security == nil ? "" : "s") \(socket)\(http.path)"
        case .grpc(let service, _): "grpc \(socket)\(service.isEmpty ? "" : "/\(service)")"
        case .datagram: "udp \(socket)"
        case .command(let name): "exec \(name) \(socket)"
        case .endpointCount: "endpoints \(socket)"
        }
    }
}

/// What came of one check.
package struct CheckOutcome: Hashable, Sendable {
    /// Why it failed; nil if it succeeded.
    package let failure: CheckFailure?
    /// How many endpoints of the Service the node has, if it told; 0 is no failure of the node.
    package let weight: Int?
    /// From its start to its end.
    package let duration: Duration

    /// The outcome of a check that took this long.
    package init(failure: CheckFailure? = nil, weight: Int? = nil, duration: Duration) {
        self.failure = failure
        self.weight = weight
        self.duration = duration
    }
}

package import Addressing
import ServiceModel

/// What a Service asks of its node besides frontends.
package struct ServiceDuties: Hashable, Sendable {
    /// A port that the Service takes at the node's addresses.
    package struct NodePort: Hashable, Sendable, Comparable, CustomStringConvertible {
        /// The protocol of the traffic.
        package let transport: TransportProtocol
        /// The number.
        package let port: Port

        /// Names a port of the node.
        package init(_ transport: TransportProtocol, _ port: Port) {
            self.transport = transport
            self.port = port
        }

        /// For example `30080/tcp`.
        package var description: String { "\(port)/\(transport)" }

        /// Orders by number, then by protocol.
        package static func < (left: NodePort, right: NodePort) -> Bool {
            (left.port, left.transport) < (right.port, right.transport)
        }
    }

    /// A port at which the node tells balancers whether it has endpoints.
    package struct HealthCheck: Hashable, Sendable {
        /// Where it tells.
        package let port: Port
        /// How many endpoints on this node take traffic.
        package let localEndpointCount: Int

        /// Names the port and the count.
        package init(port: Port, localEndpointCount: Int) {
            self.port = port
            self.localEndpointCount = localEndpointCount
        }
    }

    /// The ports taken at the node's addresses.
    package var nodePorts: Set<NodePort> = []
    /// Where the node tells whether it has endpoints; nil unless the external policy is `local`.
    package var healthCheck: HealthCheck?

    /// Nothing.
    package init() {}

    /// Whether the Service asks for nothing.
    package var isEmpty: Bool { nodePorts.isEmpty && healthCheck == nil }
}

/// What all Services ask of the node besides frontends.
struct NodeDuties {
    private var byService: [ServiceIdentity: ServiceDuties] = [:]
    /// True if nodePorts came or went since this was last asked.
    private var haveNodePortsChanged = true

    /// The ports that Services take at the node's addresses.
    var nodePorts: Set<ServiceDuties.NodePort> {
        byService.values.reduce(into: []) { $0.formUnion($1.nodePorts) }
    }

    /// The health check ports, each with the first Service that asks for it.
    var healthChecks: [Port: ServiceHealthBoard.Entry] {
        var checks: [Port: ServiceHealthBoard.Entry] = [:]
        for (service, duties) in byService {
            guard let check = duties.healthCheck else { continue }
            if let other = checks[check.port], other.service < service { continue }
            checks[check.port] = ServiceHealthBoard.Entry(
                service: service, localEndpointCount: check.localEndpointCount)
        }
        return checks
    }

    /// Replaces what a Service asks for.
    mutating func replace(_ service: ServiceIdentity, with duties: ServiceDuties) {
        let before = byService[service]
        byService[service] = duties.isEmpty ? nil : duties
        if (before?.nodePorts ?? []) != duties.nodePorts { haveNodePortsChanged = true }
    }

    /// Forgets all Services, before all that there are follow.
    mutating func removeAll() {
        byService = [:]
        haveNodePortsChanged = true
    }

    /// Whether nodePorts came or went since this was last asked.
    mutating func takeNodePortChange() -> Bool {
        defer { haveNodePortsChanged = false }
        return haveNodePortsChanged
    }
}

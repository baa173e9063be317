package import Addressing

/// One port of a Service; its endpoints' ports are found by the name and the protocol.
package struct ServicePort: Hashable, Sendable {
    /// Empty for the only, unnamed port.
    package let name: String
    /// The protocol of the traffic.
    package let transport: TransportProtocol
    /// The port at the Service's own addresses.
    package let port: Port
    /// The port at the nodes' addresses.
    package let nodePort: Port?

    /// A port; the name is empty for the only, unnamed one.
    package init(
        name: String = "", transport: TransportProtocol, port: Port, nodePort: Port? = nil
    ) {
        self.name = name
        self.transport = transport
        self.port = port
        self.nodePort = nodePort
    }
}

extension ServicePort: Comparable {
    package static func < (left: ServicePort, right: ServicePort) -> Bool {
        (left.port, left.transport, left.name) < (right.port, right.transport, right.name)
    }
}

extension ServicePort: CustomStringConvertible {
    /// For example `http:80/tcp`.
    package var description: String {
        name.isEmpty ? "\(port)/\(transport)" : "\(name):\(port)/\(transport)"
    }
}

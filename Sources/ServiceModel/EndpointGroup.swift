package import Addressing

/// Endpoints of one family that all serve the same ports: what one EndpointSlice says.
package struct EndpointGroup: Hashable, Sendable {
    /// The family of all the endpoints' addresses.
    package let family: IPFamily
    /// The ports that all of the endpoints serve.
    package let ports: [EndpointPort]
    /// The endpoints, in any state.
    package let endpoints: [Endpoint]

    /// A group of endpoints, all of which serve these ports.
    package init(family: IPFamily, ports: [EndpointPort], endpoints: [Endpoint]) {
        self.family = family
        self.ports = ports
        self.endpoints = endpoints
    }

    /// The endpoints' port for a port of the Service, if they serve it.
    package func port(for servicePort: ServicePort) -> Port? {
        ports.first { $0.name == servicePort.name && $0.transport == servicePort.transport }?.port
    }
}

/// One port that a group of endpoints serves.
package struct EndpointPort: Hashable, Sendable {
    /// The name of the Service's port that this one is for.
    package let name: String
    /// The protocol of the traffic.
    package let transport: TransportProtocol
    /// The number, which may differ from the Service's.
    package let port: Port

    /// A port; the name is empty for a Service's only, unnamed port.
    package init(name: String = "", transport: TransportProtocol, port: Port) {
        self.name = name
        self.transport = transport
        self.port = port
    }
}

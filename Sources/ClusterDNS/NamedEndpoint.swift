package import Addressing

/// One address of an endpoint, and the label it has below its Service's name.
package struct NamedEndpoint: Hashable, Sendable {
    /// The endpoint's own hostname, or the label made of its address.
    package let hostname: NameLabel
    /// Where it is.
    package let address: IPAddress

    /// Several addresses with one hostname are one name with several records.
    package init(hostname: NameLabel? = nil, address: IPAddress) {
        self.hostname = hostname ?? NameLabel(systemMadeFor: address)
        self.address = address
    }
}

extension NamedEndpoint: Comparable {
    package static func < (left: NamedEndpoint, right: NamedEndpoint) -> Bool {
        (left.hostname, left.address) < (right.hostname, right.address)
    }
}

/// Endpoints that serve the same ports, such as those of one slice.
package struct NamedEndpointGroup: Hashable, Sendable {
    /// The named ports that each of the endpoints serves.
    package let ports: [NamedPort]
    /// The endpoints that are to be found: the ready ones, as a rule.
    package let endpoints: [NamedEndpoint]

    /// A group; the order means nothing.
    package init(ports: [NamedPort] = [], endpoints: [NamedEndpoint]) {
        self.ports = ports
        self.endpoints = endpoints
    }
}

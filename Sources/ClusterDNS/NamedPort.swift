package import Addressing

/// A port with a name, which SRV records tell; a port without one has none.
package struct NamedPort: Hashable, Sendable {
    /// The port's name, without the `_` that it has in DNS.
    package let label: NameLabel
    /// The protocol of the traffic.
    package let transport: TransportProtocol
    /// The number: the Service's own behind a ClusterIP, the endpoints' in a headless Service.
    package let port: Port

    /// How long a port's name may be: with its `_` it is one label.
    package static let maximumNameByteCount = 62

    /// Fails for the empty name, and for one that makes no label.
    package init?(name: some StringProtocol, transport: TransportProtocol, port: Port) {
        guard name.utf8.count <= Self.maximumNameByteCount, let label = NameLabel(name) else {
            return nil
        }
        self.label = label
        self.transport = transport
        self.port = port
    }
}

extension TransportProtocol {
    /// Reads the label of a protocol without its `_`, such as `tcp`.
    init?(label: NameLabel) {
        switch label.text {
        case "tcp": self = .tcp
        case "udp": self = .udp
        case "sctp": self = .sctp
        default: return nil
        }
    }
}

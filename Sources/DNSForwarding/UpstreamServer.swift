package import Addressing

/// A server that is asked for names which are not the cluster's.
package struct UpstreamServer: Hashable, Sendable {
    /// Where it listens, over UDP and over TCP.
    package let endpoint: SocketEndpoint
    /// The interface behind which a link-local address is; nil for all others.
    package let interface: String?

    /// A server that is reached from anywhere.
    package init(_ endpoint: SocketEndpoint) {
        self.endpoint = endpoint
        self.interface = nil
    }

    /// Fails when an interface is named for an address that is not link-local IPv6, or when the
    /// name is none that an interface can have.
    package init?(address: IPAddress, port: Port, interface: String?) {
        if let interface {
            guard case .v6 = address, address.isLinkLocal, Self.isInterfaceName(interface) else {
                return nil
            }
        }
        self.endpoint = SocketEndpoint(address: address, port: port)
        self.interface = interface
    }

    /// Reads an address, as `resolv.conf` has it, or an address with a port: `192.0.2.1`,
    /// `192.0.2.1:5353`, `fd00::1`, `[fd00::1]:5353`, `fe80::1%eth0`, `[fe80::1%eth0]:53`.
    ///
    /// The port is 53 unless the text says another.
    package init?(_ text: some StringProtocol) {
        guard let standardPort = Port(53) else { return nil }
        if let address = IPAddress(text) {
            self.init(SocketEndpoint(address: address, port: standardPort))
        } else if let endpoint = SocketEndpoint(text) {
            self.init(endpoint)
        } else if text.hasPrefix("["), let bracket = text.lastIndex(of: "]") {
            let inside = text[text.index(after: text.startIndex)..<bracket]
            let behind = text[text.index(after: bracket)...]
            guard behind.first == ":", let port = Port(behind.dropFirst()) else { return nil }
            self.init(scoped: inside, port: port)
        } else {
            self.init(scoped: text, port: standardPort)
        }
    }

    /// Reads `fe80::1%eth0`.
    private init?(scoped text: some StringProtocol, port: Port) {
        guard let percent = text.firstIndex(of: "%"), let address = IPAddress(text[..<percent])
        else { return nil }
        self.init(
            address: address, port: port, interface: String(text[text.index(after: percent)...]))
    }

    /// The kernel's rule (`dev_valid_name`): 1 to 15 bytes, no slash, colon or space.
    private static func isInterfaceName(_ text: String) -> Bool {
        (1...15).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                0x21...0x7e ~= byte && byte != UInt8(ascii: "/") && byte != UInt8(ascii: ":")
            }
    }
}

extension UpstreamServer: CustomStringConvertible {
    /// The endpoint, with its interface if there is one: `[fe80::1%eth0]:53`.
    package var description: String {
        guard let interface else { return endpoint.description }
        return "[\(endpoint.address)%\(interface)]:\(endpoint.port)"
    }
}

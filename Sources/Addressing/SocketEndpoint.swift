/// An address with a port: one end of a connection.
package struct SocketEndpoint: Hashable, Sendable {
    /// The host's side of the endpoint.
    package let address: IPAddress
    /// The port at that address.
    package let port: Port

    /// Makes an endpoint of its two parts.
    package init(address: IPAddress, port: Port) {
        self.address = address
        self.port = port
    }

    /// Reads an address, a colon and a port, such as `1.2.3.4:80` or `[fd00::1]:80`.
    ///
    /// IPv6 needs its brackets: `fd00::1:80` is an address.
    package init?(_ text: some StringProtocol) {
        let text = text.bytesOfText
        guard let colon = text.lastIndex(of: UInt8(ascii: ":")),
            let port = Port(utf8: text[text.index(after: colon)...])
        else { return nil }
        let host = text[..<colon]
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") {
            guard let address = IPv6Address(utf8: host.dropFirst().dropLast()) else { return nil }
            self.init(address: .v6(address), port: port)
        } else {
            guard let address = IPv4Address(utf8: host) else { return nil }
            self.init(address: .v4(address), port: port)
        }
    }
}

extension SocketEndpoint: Comparable {
    /// Orders by address, then by port.
    package static func < (left: SocketEndpoint, right: SocketEndpoint) -> Bool {
        (left.address, left.port) < (right.address, right.port)
    }
}

extension SocketEndpoint: CustomStringConvertible {
    /// `1.2.3.4:80`, or `[fd00::1]:80` as RFC 3986 writes it.
    package var description: String {
        switch address {
        case .v4: "\(address):\(port)"
        case .v6: "[\(address)]:\(port)"
        }
    }
}

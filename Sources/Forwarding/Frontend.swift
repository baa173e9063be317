package import Addressing
package import Ruleset

/// What clients connect to: an address, a protocol and a port.
///
/// A ClusterIP, a node's address with a nodePort and a load balancer's address are all the same
/// kind of thing here; so is a VIP on a balancer host.
package struct Frontend: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The address that clients connect to.
    package let address: IPAddress
    /// The protocol that they speak.
    package let transport: TransportProtocol
    /// The port that they connect to.
    package let port: Port

    /// Names a frontend.
    package init(_ address: IPAddress, _ transport: TransportProtocol, _ port: Port) {
        self.address = address
        self.transport = transport
        self.port = port
    }

    /// Address and port without the protocol.
    package var socket: SocketEndpoint { SocketEndpoint(address: address, port: port) }

    /// For example `10.96.0.10:80/tcp`.
    package var description: String { "\(socket)/\(transport)" }

    /// Orders by address, then port, then protocol.
    package static func < (left: Frontend, right: Frontend) -> Bool {
        (left.address, left.port, left.transport.rawValue)
            < (right.address, right.port, right.transport.rawValue)
    }

    /// The key of this frontend in every map: address, protocol, port.
    var key: ElementData {
        var data = ElementData()
        data.append(address)
        data.append(transport)
        data.append(port)
        return data
    }

    /// The key of one of its slots in the map of endpoints.
    package func slotKey(_ slot: Int) -> ElementData {
        var data = key
        data.append(number: UInt32(slot))
        return data
    }
}

extension Frontend {
    /// The frontend that a key of one of our sets begins with, if it begins with one.
    package init?(leading key: ElementData, of set: SetDeclaration, family: TableFamily) {
        guard set.key.starts(with: Fields.frontend) else { return nil }
        self.init(FieldReader.fields(of: key, as: Fields.frontend, family: family)[...])
    }

    /// The frontend in a key of the affinity map, which begins with the client.
    package init?(clientKey key: ElementData, family: TableFamily) {
        self.init(FieldReader.fields(of: key, as: Fields.client, family: family).dropFirst())
    }

    private init?(_ fields: ArraySlice<FieldValue>) {
        let fields = Array(fields)
        guard fields.count == 3, case .address(let address) = fields[0],
            case .transportProtocol(let number) = fields[1],
            let transport = TransportProtocol(rawValue: number),
            case .port(let portNumber) = fields[2], let port = Port(Int(portNumber))
        else { return nil }
        self.init(address, transport, port)
    }
}

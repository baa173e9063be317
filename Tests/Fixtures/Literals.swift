package import Addressing

/// The address in the text; a fixture whose text is none stops the test run.
package func address(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("\(text) is no address") }
    return address
}

/// The block in the text; a fixture whose text is none stops the test run.
package func block(_ text: String) -> CIDRBlock {
    guard let block = CIDRBlock(text) else { preconditionFailure("\(text) is no block") }
    return block
}

/// The port of this number; a fixture with port 0 stops the test run.
package func port(_ number: UInt16) -> Port {
    guard let port = Port(Int(number)) else { preconditionFailure("\(number) is no port") }
    return port
}

/// An address with a port.
package func endpoint(_ address: IPAddress, _ number: UInt16) -> SocketEndpoint {
    SocketEndpoint(address: address, port: port(number))
}

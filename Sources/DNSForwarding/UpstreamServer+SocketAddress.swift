import Addressing
import Glibc
import NIOCore

extension UpstreamServer {
    /// The server as the sockets API names it; nil while its interface does not exist.
    func socketAddress() -> SocketAddress? {
        let address = endpoint.address.description
        let port = Int(endpoint.port.rawValue)
        guard let interface else { return try? SocketAddress(ipAddress: address, port: port) }
        // Asked anew each time: an interface that comes back has another index. Nothing is looked
        // up for an address in digits behind an interface that exists.
        guard unsafe if_nametoindex(interface) != 0 else { return nil }
        return try? SocketAddress.makeAddressResolvingHost("\(address)%\(interface)", port: port)
    }
}

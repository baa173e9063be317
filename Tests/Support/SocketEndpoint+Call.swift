package import Addressing
package import Glibc

extension SocketEndpoint {
    /// Hands the address to a call of the sockets API as that wants it: `sockaddr_in` or
    /// `sockaddr_in6`, and its length.
    package func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        // Family in the machine's order, port in the network's; IPv6 has its flow label between.
        let family: UInt16 =
            switch address.family {
            case .v4: UInt16(AF_INET)
            case .v6: UInt16(AF_INET6)
            }
        let head = unsafe [family, port.rawValue.bigEndian].withUnsafeBytes { unsafe Array($0) }
        let bytes =
            switch address {
            case .v4(let address): head + address.bytes + [UInt8](repeating: 0, count: 8)
            case .v6(let address): head + [0, 0, 0, 0] + address.bytes + [0, 0, 0, 0]
            }
        var storage = sockaddr_storage()
        unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe body(address, socklen_t(bytes.count))
            }
        }
    }
}

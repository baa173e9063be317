import Addressing
import NIOCore

extension IPAddress {
    /// The address of a socket; nil for one that is not of the Internet's families.
    ///
    /// An IPv4 address in IPv6's clothes is the IPv4 address that it is.
    init?(_ address: SocketAddress) {
        // Where `sockaddr_in` and `sockaddr_in6` of `netinet/in.h` have the address.
        switch address {
        case .v4:
            let number = unsafe address.withSockAddr { pointer, _ in
                unsafe UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            }
            self = .v4(IPv4Address(rawValue: UInt32(bigEndian: number)))
        case .v6:
            let number = unsafe address.withSockAddr { pointer, _ in
                unsafe UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: 8, as: UInt128.self)
            }
            let v6 = IPv6Address(rawValue: UInt128(bigEndian: number))
            self = v6.mappedIPv4.map(IPAddress.v4) ?? .v6(v6)
        case .unixDomainSocket:
            return nil
        }
    }
}

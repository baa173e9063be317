import Addressing
import Glibc

/// A UDP socket of one thread; closed when nobody uses it any more.
///
/// Anybody may send on it, also after its thread has given it up.
final class DatagramSocket: Sendable {
    /// Datagrams in the kernel's buffer: some milliseconds' worth, 4 MiB.
    private static let receiveBufferBytes: Int32 = 4 << 20

    /// What the kernel knows it by.
    let descriptor: Int32

    /// Opens a socket that shares its address with those of the other threads: the kernel gives
    /// each client to one of them.
    init(_ endpoint: SocketEndpoint) throws(ListenError) {
        let isV4 = endpoint.address.family == .v4
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(isV4 ? AF_INET : AF_INET6, kind, 0)
        guard descriptor >= 0 else { throw ListenError(.udp, code: errno) }
        set(SOL_SOCKET, SO_REUSEPORT, 1)
        set(SOL_SOCKET, SO_RCVBUF, Self.receiveBufferBytes)
        // Past the system's limit, as root.
        set(SOL_SOCKET, SO_RCVBUFFORCE, Self.receiveBufferBytes)
        if !isV4 { set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        var address = SocketName(endpoint)
        let result = unsafe address.withPointer { pointer, length in
            unsafe bind(descriptor, pointer, length)
        }
        guard result == 0 else { throw ListenError(.udp, code: errno) }
    }

    deinit { close(descriptor) }

    /// Sends one datagram; one that cannot be sent concerns its client alone.
    func send(_ bytes: [UInt8], to client: SocketName) {
        var client = client
        _ = unsafe client.withPointer { pointer, length in
            unsafe sendto(
                descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), pointer, length)
        }
    }

    /// Sets an option; what the kernel does not grant is done without.
    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(
            descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// An address and port as the kernel has them: `sockaddr_in` or `sockaddr_in6`.
struct SocketName {
    /// What the kernel reads and writes; `sockaddr_in` is its beginning, the address apart.
    var storage = sockaddr_in6()

    /// Room for a name.
    init() {}

    /// The name of an endpoint.
    init(_ endpoint: SocketEndpoint) {
        storage.sin6_port = endpoint.port.rawValue.bigEndian
        switch endpoint.address {
        case .v4(let address):
            storage.sin6_family = sa_family_t(AF_INET)
            // `sin_addr` is where `sin6_flowinfo` is.
            storage.sin6_flowinfo = address.rawValue.bigEndian
        case .v6(let address):
            storage.sin6_family = sa_family_t(AF_INET6)
            unsafe withUnsafeMutableBytes(of: &storage.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: address.rawValue.bigEndian, as: UInt128.self)
            }
        }
    }

    /// The address alone; nil for one that is not of the Internet's families.
    var address: IPAddress? {
        switch Int32(storage.sin6_family) {
        case AF_INET: return .v4(IPv4Address(rawValue: UInt32(bigEndian: storage.sin6_flowinfo)))
        case AF_INET6:
            let number = unsafe withUnsafeBytes(of: storage.sin6_addr) { bytes in
                unsafe bytes.loadUnaligned(as: UInt128.self)
            }
            return .v6(IPv6Address(rawValue: UInt128(bigEndian: number)))
        default: return nil
        }
    }

    /// Calls with the name as the sockets API takes it.
    mutating func withPointer<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        let isV4 = Int32(storage.sin6_family) == AF_INET
        let length = isV4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        return unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(length))
            }
        }
    }
}

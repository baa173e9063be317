import Addressing
import Glibc
import Support
import Testing

@testable import Netfilter

/// A TCP or UDP socket in a network namespace.
struct NetworkTestSocket: ~Copyable {
    private let descriptor: NetworkDescriptor

    init(_ transport: TransportProtocol, _ family: IPFamily, in namespace: String) throws {
        let type = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        descriptor = try NetworkDescriptor(
            domain: Int32(family.socketFamily), type: Int32(type.rawValue), protocolNumber: 0,
            inNamespace: namespace)
        // A server that nobody reaches then fails its test instead of waiting for ever.
        let limit = timeval(tv_sec: 5, tv_usec: 0)
        _ = descriptor.call { fd in
            var limit = limit
            return unsafe setsockopt(
                fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Takes the address, and begins to listen if this is TCP.
    func serve(_ endpoint: SocketEndpoint, _ transport: TransportProtocol) throws {
        let result = descriptor.call { fd in
            unsafe endpoint.withSocketAddress { unsafe bind(fd, $0, $1) }
        }
        try #require(result == 0)
        if transport == .tcp { try #require(descriptor.call { listen($0, 100) } == 0) }
    }

    /// Connects and says whether it worked; a UDP socket always does.
    func connect(to endpoint: SocketEndpoint) -> Bool {
        descriptor.call { fd in
            unsafe endpoint.withSocketAddress { unsafe Glibc.connect(fd, $0, $1) }
        } == 0
    }

    /// Sends a SYN and does not wait for what becomes of it.
    func beginConnecting(to endpoint: SocketEndpoint) {
        _ = descriptor.call { fcntl($0, F_SETFL, O_NONBLOCK) }
        _ = connect(to: endpoint)
    }

    /// Sends a datagram on a connected socket.
    func send() throws {
        let sent = descriptor.call { fd in
            unsafe Int32([UInt8(1)].withUnsafeBytes { unsafe Glibc.send(fd, $0.baseAddress, 1, 0) })
        }
        try #require(sent == 1)
    }

    /// Waits for a datagram and sends one back.
    func answer() throws {
        let sent = descriptor.call { fd in
            var sender = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            var byte: UInt8 = 0
            return unsafe withUnsafeMutablePointer(to: &sender) { sender in
                unsafe sender.withMemoryRebound(to: sockaddr.self, capacity: 1) { sender in
                    guard unsafe recvfrom(fd, &byte, 1, 0, sender, &length) == 1 else { return -1 }
                    return unsafe Int32(sendto(fd, &byte, 1, 0, sender, length))
                }
            }
        }
        try #require(sent == 1)
    }

    /// Waits for a datagram.
    func receive() throws {
        let received = descriptor.call { fd in
            var byte: UInt8 = 0
            return unsafe Int32(recv(fd, &byte, 1, 0))
        }
        try #require(received == 1)
    }
}

extension NetworkDescriptor {
    fileprivate borrowing func call(_ function: (Int32) -> Int32) -> Int32 {
        var result: Int32 = 0
        _ = try? call(failure: { NetworkError(operation: .openSocket, code: $0, subject: "") }) {
            result = function($0)
            return 0
        }
        return result
    }
}

package import Addressing
internal import CNetfilter
internal import Glibc

/// A socket of a local process that waits for others to begin.
package struct LocalListener: Hashable, Sendable {
    /// TCP that listens, or UDP that is not connected.
    package let transport: TransportProtocol
    /// Where it listens; `0.0.0.0` and `::` stand for everywhere.
    package let address: IPAddress
    /// At which port.
    package let port: Port
    /// True if it takes one family only; an IPv6 socket at `::` may take both.
    package let isOneFamilyOnly: Bool
    /// Names the socket in `/proc/PID/fd`.
    package let inode: UInt32

    /// Whether what comes to an address of this host would reach it.
    package func takes(_ destination: IPAddress) -> Bool {
        guard address.isUnspecified else { return address == destination }
        return address.family == destination.family
            || address.family == .v6 && !isOneFamilyOnly
    }
}

/// Asks the kernel for the sockets of a network namespace (sock_diag); calls block.
package struct ListenerSocket: ~Copyable, Sendable {
    private var socket: NetworkSocket

    /// Asks in the namespace that `ip netns` calls so, or in that of the calling thread.
    package init(inNamespace namespace: String? = nil) throws(NetworkError) {
        socket = try NetworkSocket(protocolNumber: NETLINK_SOCK_DIAG, inNamespace: namespace)
    }

    /// All listeners of TCP and UDP, of both families.
    package mutating func listeners() throws(NetworkError) -> [LocalListener] {
        var listeners: [LocalListener] = []
        for transport in [TransportProtocol.tcp, .udp] {
            for family in IPFamily.allCases {
                listeners += try socket.exchange(Self.request(transport, family)) { answer in
                    LocalListener(inetDiag: answer, transport)
                }
            }
        }
        return listeners
    }

    /// `struct inet_diag_req_v2` (linux/inet_diag.h).
    private static func request(
        _ transport: TransportProtocol, _ family: IPFamily
    ) -> NetworkMessage {
        var message = NetworkMessage(
            kind: kindByFamily, flags: NLM_F_DUMP, operation: .listListeners)
        message.append(family.socketFamily)
        message.append(transport.rawValue)
        message.append(UInt16(0))  // no extensions, padding
        message.append(transport == .tcp ? listening : unconnected)
        for _ in 0..<identityBytes / 4 { message.append(UInt32(0)) }
        return message
    }

    /// SOCK_DIAG_BY_FAMILY (linux/sock_diag.h).
    private static let kindByFamily: Int32 = 20
    /// 1 << TCP_LISTEN (net/tcp_states.h).
    private static let listening: UInt32 = 1 << 10
    /// 1 << TCP_CLOSE: what a UDP socket is in that is bound and not connected.
    private static let unconnected: UInt32 = 1 << 7
    /// The size of `struct inet_diag_sockid`, which names one socket; all zeros name none.
    private static let identityBytes = 48
}

extension LocalListener {
    /// Reads `struct inet_diag_msg`; nil if it is too short or has no port.
    fileprivate init?(inetDiag message: ArraySlice<UInt8>, _ transport: TransportProtocol) {
        guard message.count >= Self.messageBytes, let family = message.first,
            let port = Port(Int(message.dropFirst(4).networkNumber(UInt16.self))),
            let address = message.dropFirst(8).prefix(family == UInt8(AF_INET) ? 4 : 16).address
        else { return nil }
        self.transport = transport
        self.address = address
        self.port = port
        inode = message.dropFirst(68).nativeNumber()
        var isOneFamilyOnly = address.family == .v4
        for (kind, value) in NetworkAttributes(message.dropFirst(Self.messageBytes))
        where kind == Self.oneFamilyAttribute {
            isOneFamilyOnly = value.first != 0
        }
        self.isOneFamilyOnly = isOneFamilyOnly
    }

    private static let messageBytes = 72
    /// INET_DIAG_SKV6ONLY, which the kernel tells of listening and closed IPv6 sockets.
    private static let oneFamilyAttribute: UInt16 = 11
}

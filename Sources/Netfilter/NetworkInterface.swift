internal import CNetfilter
internal import Glibc

/// A network interface of a host.
package struct NetworkInterface: Hashable, Sendable {
    /// The kernel's number for it; never used again while the host runs.
    package let index: Int32
    /// The name in this namespace, such as `eth0`.
    package let name: String
    /// Nil for what is not like Ethernet, such as a tunnel.
    package let hardwareAddress: HardwareAddress?
    /// Whether it was switched on; its cable may be out all the same.
    package let isUp: Bool
    /// Whether it is `lo`, whose packets never leave the host.
    package let isLoopback: Bool
}

/// The address of an Ethernet interface, commonly called MAC.
package struct HardwareAddress: Hashable, Sendable {
    /// The six bytes in the order they are sent.
    package let bytes: [UInt8]

    /// All that listen on the link.
    package static let broadcast = HardwareAddress(known: [UInt8](repeating: 0xff, count: 6))

    /// Fails unless there are six bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        self.bytes = Array(bytes)
    }

    private init(known bytes: [UInt8]) { self.bytes = bytes }

    /// Where Ethernet carries the packets for an IPv6 multicast group (RFC 2464 section 7).
    static func multicast(lastBytes: ArraySlice<UInt8>) -> HardwareAddress {
        HardwareAddress(known: [0x33, 0x33] + lastBytes.suffix(4))
    }
}

extension HardwareAddress: CustomStringConvertible {
    /// Six pairs of hexadecimal digits, such as `02:00:00:00:00:0a`.
    package var description: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined(separator: ":")
    }
}

extension NetworkInterface {
    /// Asks for all interfaces of the namespace.
    static var list: NetworkMessage {
        var message = NetworkMessage(
            kind: Int32(RTM_GETLINK), flags: NLM_F_DUMP, operation: .listInterfaces)
        message.append(UInt8(AF_UNSPEC))
        // The rest of `struct ifinfomsg`, which narrows nothing.
        for _ in 0..<3 { message.append(UInt32(0)) }
        message.append(UInt16(0))
        message.append(UInt8(0))
        return message
    }

    /// Reads a `struct ifinfomsg` with its attributes.
    init?(rtnetlink message: ArraySlice<UInt8>) {
        let flags: UInt32 = message.dropFirst(8).nativeNumber()
        var name: String?
        var hardwareAddress: HardwareAddress?
        for (kind, value) in NetworkAttributes(message.dropFirst(16)) {
            switch kind {
            case UInt16(IFLA_IFNAME):
                name = String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
            case UInt16(IFLA_ADDRESS):
                hardwareAddress = HardwareAddress(bytes: value)
            default: break
            }
        }
        guard let name else { return nil }
        self.index = message.dropFirst(4).nativeNumber()
        self.name = name
        self.isUp = flags & UInt32(IFF_UP) != 0
        self.isLoopback = flags & UInt32(IFF_LOOPBACK) != 0
        self.hardwareAddress = isLoopback ? nil : hardwareAddress
    }
}

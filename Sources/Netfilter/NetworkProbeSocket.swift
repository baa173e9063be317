package import Addressing
internal import CNetfilter
internal import Glibc

/// Asks the hosts of one link who has an address, and hears them; needs CAP_NET_RAW.
package struct ProbeSocket: ~Copyable, Sendable {
    /// What is heard for one address is worth one frame; more in one call are left for the next.
    private static let framesAtOnce = 10_000

    private let interface: NetworkInterface
    private let arp: NetworkDescriptor
    private let ipv6: NetworkDescriptor
    private var buffer = [UInt8](repeating: 0, count: 2_048)

    /// Listens on an interface from now on.
    package init(
        on interface: NetworkInterface, inNamespace namespace: String? = nil
    ) throws(NetworkError) {
        let arp = try Self.open(interface, ETH_P_ARP, Self.everything, namespace)
        let ipv6 = try Self.open(interface, ETH_P_IPV6, Self.neighbourDiscovery, namespace)
        self.interface = interface
        self.arp = arp
        self.ipv6 = ipv6
    }

    /// Asks once; frames get lost, so callers ask again.
    ///
    /// - Throws: `ENETDOWN` when the interface is down, `EADDRNOTAVAIL` when it has no hardware
    ///   address.
    package borrowing func ask(_ address: IPAddress) throws(NetworkError) {
        let failure = { [interface] code in
            NetworkError(
                operation: .probe, code: code, subject: "\(address) on \(interface.name)")
        }
        guard let hardwareAddress = interface.hardwareAddress else {
            throw failure(EADDRNOTAVAIL)
        }
        let frame = AddressProbe(address: address, hardwareAddress: hardwareAddress).frame
        try arp.call(failure: failure) { fd in
            unsafe frame.withUnsafeBytes { bytes in
                unsafe cnf_net_send_frame(fd, interface.index, bytes.baseAddress, bytes.count)
            }
        }
    }

    /// What other hosts have claimed since this was last asked; does not wait.
    package mutating func takeClaims() throws(NetworkError) -> [AddressClaim] {
        try takeClaims(from: .v4) + takeClaims(from: .v6)
    }

    private mutating func takeClaims(
        from family: IPFamily
    ) throws(NetworkError) -> [AddressClaim] {
        var claims: [AddressClaim] = []
        for _ in 0..<Self.framesAtOnce {
            guard let count = try receive(family) else { break }
            if let claim = AddressClaim(frame: buffer.prefix(min(count, buffer.count))) {
                claims.append(claim)
            }
        }
        return claims
    }

    /// The length of the next frame, now in the buffer; nil if there is none.
    private mutating func receive(_ family: IPFamily) throws(NetworkError) -> Int? {
        let failure = { [interface] code in
            NetworkError(operation: .probe, code: code, subject: "on \(interface.name)")
        }
        do throws(NetworkError) {
            return switch family {
            case .v4: try arp.call(failure: failure) { Self.receive($0, into: &buffer) }
            case .v6: try ipv6.call(failure: failure) { Self.receive($0, into: &buffer) }
            }
        } catch {
            guard error.code == EAGAIN || error.code == EINTR else { throw error }
            return nil
        }
    }

    private static func receive(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe cnf_net_receive(descriptor, bytes.baseAddress, bytes.count)
        }
    }

    private static func open(
        _ interface: NetworkInterface, _ ethernetType: Int32, _ program: [sock_filter],
        _ namespace: String?
    ) throws(NetworkError) -> NetworkDescriptor {
        let descriptor = try NetworkDescriptor(
            domain: AF_PACKET, type: Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
            protocolNumber: 0, inNamespace: namespace)
        let failure = { code in
            NetworkError(operation: .probe, code: code, subject: "on \(interface.name)")
        }
        try descriptor.call(failure: failure) { fd in
            unsafe program.withUnsafeBufferPointer { program in
                Int(
                    unsafe cnf_net_listen_on_link(
                        fd, interface.index, ethernetType, program.baseAddress, program.count))
            }
        }
        return descriptor
    }
}

/// Programs for the kernel's packet filter (classic BPF, kernel: `Documentation/networking/filter`).
extension ProbeSocket {
    private static let everything = [give]

    /// Solicitations and advertisements alone: a balancer's IPv6 traffic is no small thing.
    private static let neighbourDiscovery = [
        load(20),  // the next header
        jump(if: 58, else: 4),
        load(54),  // the ICMPv6 type
        jump(if: 135, then: 1),
        jump(if: 136, else: 1),
        give,
        sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
    ]

    /// Lets the whole frame through.
    private static let give = sock_filter(
        code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: .max)

    private static func load(_ offset: UInt32) -> sock_filter {
        sock_filter(code: UInt16(BPF_LD | BPF_B | BPF_ABS), jt: 0, jf: 0, k: offset)
    }

    private static func jump(
        if value: UInt32, then: UInt8 = 0, else other: UInt8 = 0
    ) -> sock_filter {
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: then, jf: other, k: value)
    }
}

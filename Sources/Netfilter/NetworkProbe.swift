package import Addressing

/// The question who on a link has an address, asked before it is claimed.
///
/// For IPv4 an ARP probe (RFC 5227 section 2.1.1), for IPv6 the solicitation of duplicate address
/// detection (RFC 4862 section 5.4.2). Both name no sender, so that nobody learns anything wrong.
package struct AddressProbe: Hashable, Sendable {
    /// The address that is asked for.
    package let address: IPAddress
    /// Who asks.
    package let hardwareAddress: HardwareAddress

    /// Makes the question of an interface with this hardware address.
    package init(address: IPAddress, hardwareAddress: HardwareAddress) {
        self.address = address
        self.hardwareAddress = hardwareAddress
    }

    /// What is sent, from the Ethernet destination on.
    package var frame: [UInt8] {
        switch address {
        case .v4(let address):
            LinkFrame.arp(
                operation: 1, sender: .init(hardware: hardwareAddress.bytes),
                target: .init(address: address.bytes), from: hardwareAddress)
        case .v6(let address):
            LinkFrame.neighbourDiscovery(
                135, body: [0, 0, 0, 0] + address.bytes, from: IPv6Address(high: 0, low: 0),
                to: Self.solicitedNode(of: address), source: hardwareAddress)
        }
    }

    /// The group that whoever has the address listens to (RFC 4291 section 2.7.1).
    private static func solicitedNode(of address: IPv6Address) -> IPv6Address {
        IPv6Address(high: 0xff02 << 48, low: 0x1_ff00_0000 | address.low & 0xff_ffff)
    }
}

/// What a frame of another host says: that it has an address, or is about to take it.
package struct AddressClaim: Hashable, Sendable {
    /// The address.
    package let address: IPAddress
    /// Whose it is.
    package let hardwareAddress: HardwareAddress
    /// True if it only asks, just as an `AddressProbe` does.
    package let isProbe: Bool

    /// Reads a frame, from the Ethernet destination on; nil if it claims nothing.
    package init?(frame: some Collection<UInt8>) {
        let frame = Array(frame)
        guard frame.count >= LinkFrame.headerLength else { return nil }
        switch (frame[12], frame[13]) {
        case (0x08, 0x06): self.init(arp: frame.dropFirst(LinkFrame.headerLength))
        case (0x86, 0xdd): self.init(ipv6: frame)
        default: return nil
        }
    }

    /// The sender's address of any ARP packet is in use; a probe has none.
    private init?(arp packet: ArraySlice<UInt8>) {
        guard packet.count >= 28, packet.starts(with: [0, 1, 0x08, 0x00, 6, 4]) else { return nil }
        let bytes = Array(packet)
        let isProbe = bytes[14..<18].allSatisfy { $0 == 0 }
        guard let hardwareAddress = HardwareAddress(bytes: bytes[8..<14]),
            let address = (isProbe ? bytes[24..<28] : bytes[14..<18]).address
        else { return nil }
        self.address = address
        self.hardwareAddress = hardwareAddress
        self.isProbe = isProbe
    }

    /// An advertisement, or the solicitation of somebody who detects duplicates, that no router
    /// has passed on.
    private init?(ipv6 frame: [UInt8]) {
        let bytes = Array(frame.dropFirst(LinkFrame.headerLength))
        guard bytes.count >= 64, bytes[6] == 58, bytes[7] == 255,
            let hardwareAddress = HardwareAddress(bytes: frame[6..<12]),
            let address = bytes[48..<64].address
        else { return nil }
        switch bytes[40] {
        case 136: isProbe = false
        case 135 where bytes[8..<24].allSatisfy { $0 == 0 }: isProbe = true
        default: return nil
        }
        self.address = address
        self.hardwareAddress = hardwareAddress
    }

    /// Whether the address may not be taken by the interface with this hardware address.
    ///
    /// Of two that ask at the same time, the one with the higher hardware address goes first.
    package func speaksAgainst(_ other: HardwareAddress) -> Bool {
        guard hardwareAddress != other else { return false }
        return !isProbe || other.bytes.lexicographicallyPrecedes(hardwareAddress.bytes)
    }
}

package import Addressing

/// What tells the neighbours on a link that an address is now at this interface.
///
/// The frames are ready for the wire, from the Ethernet destination on; sending them is
/// `AnnouncementSocket`'s.
package struct AddressAnnouncement: Hashable, Sendable {
    /// The address that moved here.
    package let address: IPAddress
    /// Where neighbours are to send its packets.
    package let hardwareAddress: HardwareAddress

    /// Makes the announcement of an address at an interface's hardware address.
    package init(address: IPAddress, hardwareAddress: HardwareAddress) {
        self.address = address
        self.hardwareAddress = hardwareAddress
    }

    /// For IPv4 a gratuitous ARP request and a reply, since some hosts heed only one of them; for
    /// IPv6 an unsolicited neighbour advertisement.
    package var frames: [[UInt8]] {
        switch address {
        case .v4(let address):
            [
                arp(address, operation: Self.request, target: .broadcast),
                arp(address, operation: Self.reply, target: hardwareAddress),
            ]
        case .v6(let address):
            [neighbourAdvertisement(address)]
        }
    }
}

/// Gratuitous ARP (RFC 826, RFC 5227 section 3): sender and target are the same address. The
/// fields are filled as `arping -U` and `arping -A` fill them.
extension AddressAnnouncement {
    private static let request: UInt8 = 1
    private static let reply: UInt8 = 2

    private func arp(
        _ address: IPv4Address, operation: UInt8, target: HardwareAddress
    ) -> [UInt8] {
        LinkFrame.arp(
            operation: operation,
            sender: .init(hardware: hardwareAddress.bytes, address: address.bytes),
            target: .init(hardware: target.bytes, address: address.bytes), from: hardwareAddress)
    }
}

/// Unsolicited neighbour advertisement (RFC 4861 sections 4.4 and 7.2.6), to all nodes.
extension AddressAnnouncement {
    private func neighbourAdvertisement(_ address: IPv6Address) -> [UInt8] {
        // Neighbours replace the hardware address they know because of the override flag.
        let override: [UInt8] = [0x20, 0, 0, 0]
        let targetLinkLayerAddress: [UInt8] = [2, 1]
        return LinkFrame.neighbourDiscovery(
            136, body: override + address.bytes + targetLinkLayerAddress + hardwareAddress.bytes,
            from: address, to: IPv6Address(high: 0xff02 << 48, low: 1), source: hardwareAddress)
    }
}

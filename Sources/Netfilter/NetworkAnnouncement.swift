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
        let types: [UInt8] = [0, 1, 0x08, 0x00]  // Ethernet, IPv4
        let lengths: [UInt8] = [6, 4]
        let sender = hardwareAddress.bytes + address.bytes
        return ethernet(to: .broadcast, type: [0x08, 0x06])
            + types + lengths + [0, operation] + sender + target.bytes + address.bytes
    }

    private func ethernet(to destination: HardwareAddress, type: [UInt8]) -> [UInt8] {
        destination.bytes + hardwareAddress.bytes + type
    }
}

/// Unsolicited neighbour advertisement (RFC 4861 sections 4.4 and 7.2.6), to all nodes.
extension AddressAnnouncement {
    private func neighbourAdvertisement(_ address: IPv6Address) -> [UInt8] {
        let allNodes = IPv6Address(high: 0xff02 << 48, low: 1).bytes
        // Neighbours replace the hardware address they know because of the override flag.
        let override: [UInt8] = [0x20, 0, 0, 0]
        let targetLinkLayerAddress: [UInt8] = [2, 1]
        let body = override + address.bytes + targetLinkLayerAddress + hardwareAddress.bytes
        let length: [UInt8] = [0, UInt8(4 + body.count)]
        let icmp: UInt8 = 58
        let pseudoHeader = address.bytes + allNodes + [0, 0] + length + [0, 0, 0, icmp]
        let kind: [UInt8] = [136, 0]
        let checksum = internetChecksum(pseudoHeader + kind + [0, 0] + body)
        // Receivers drop an advertisement whose hop limit says that a router passed it on.
        let header: [UInt8] = [0x60, 0, 0, 0] + length + [icmp, 255]
        return ethernet(to: .multicast(lastBytes: allNodes[...]), type: [0x86, 0xdd])
            + header + address.bytes + allNodes + kind + checksum + body
    }

    /// The checksum of RFC 1071 over an even number of bytes.
    private func internetChecksum(_ bytes: [UInt8]) -> [UInt8] {
        var sum: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            sum += index.isMultiple(of: 2) ? UInt32(byte) << 8 : UInt32(byte)
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        let checksum = ~UInt16(sum)
        return [UInt8(checksum >> 8), UInt8(checksum & 0xff)]
    }
}

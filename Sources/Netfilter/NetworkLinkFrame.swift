import Addressing

/// Ethernet frames that hosts of one link send each other about addresses, ready for the wire.
enum LinkFrame {
    /// The length of the Ethernet header: two hardware addresses and a type.
    static let headerLength = 14

    private static let arpType: [UInt8] = [0x08, 0x06]
    private static let ipv6Type: [UInt8] = [0x86, 0xdd]

    /// Who an ARP packet speaks of: a hardware address and an IPv4 address, ten bytes.
    struct ARPParty {
        static let nobody = [UInt8](repeating: 0, count: 6)
        var hardware = nobody
        var address: [UInt8] = [0, 0, 0, 0]

        var bytes: [UInt8] { hardware + address }
    }

    /// An ARP packet (RFC 826) for all that listen.
    static func arp(
        operation: UInt8, sender: ARPParty, target: ARPParty, from source: HardwareAddress
    ) -> [UInt8] {
        let types: [UInt8] = [0, 1, 0x08, 0x00]  // Ethernet, IPv4
        let lengths: [UInt8] = [6, 4]
        return ethernet(from: source, to: .broadcast, type: arpType)
            + types + lengths + [0, operation] + sender.bytes + target.bytes
    }

    /// A message of neighbour discovery (RFC 4861 section 4) to a multicast group.
    ///
    /// `body` is what follows type, code and checksum.
    static func neighbourDiscovery(
        _ type: UInt8, body: [UInt8], from address: IPv6Address, to group: IPv6Address,
        source: HardwareAddress
    ) -> [UInt8] {
        let length: [UInt8] = [0, UInt8(4 + body.count)]
        let icmp: UInt8 = 58
        let kind: [UInt8] = [type, 0]
        let pseudoHeader = address.bytes + group.bytes + [0, 0] + length + [0, 0, 0, icmp]
        let checksum = internetChecksum(pseudoHeader + kind + [0, 0] + body)
        // Receivers drop one whose hop limit says that a router passed it on.
        let header: [UInt8] = [0x60, 0, 0, 0] + length + [icmp, 255]
        let destination = HardwareAddress.multicast(lastBytes: group.bytes[...])
        return ethernet(from: source, to: destination, type: ipv6Type)
            + header + address.bytes + group.bytes + kind + checksum + body
    }

    private static func ethernet(
        from source: HardwareAddress, to destination: HardwareAddress, type: [UInt8]
    ) -> [UInt8] {
        destination.bytes + source.bytes + type
    }

    /// The checksum of RFC 1071 over an even number of bytes.
    private static func internetChecksum(_ bytes: [UInt8]) -> [UInt8] {
        var sum: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            sum += index.isMultiple(of: 2) ? UInt32(byte) << 8 : UInt32(byte)
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        let checksum = ~UInt16(sum)
        return [UInt8(checksum >> 8), UInt8(checksum & 0xff)]
    }
}

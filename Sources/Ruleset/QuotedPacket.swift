import Addressing

/// Where in an ICMP error the fields of the packet stand that it quotes.
///
/// In bytes from the start of the ICMP header, which takes eight (RFC 792, RFC 4443 section 3.2);
/// the quoted network header is taken for one without options or extension headers.
package struct QuotedPacket: Hashable, Sendable {
    /// The quoted protocol number, one byte.
    package let protocolOffset: UInt32
    /// The quoted destination address.
    package let destinationOffset: UInt32
    /// The quoted source port, two bytes.
    package let sourcePortOffset: UInt32
    /// The quoted destination port, two bytes.
    package let destinationPortOffset: UInt32
    /// Where the quoted header begins.
    package static let headerOffset: UInt32 = 8
    /// The first byte of an IPv4 header without options: version 4, five words.
    package static let plainHeader: UInt8 = 0x45

    /// The places in messages of a family.
    package init(_ family: TableFamily) {
        let isIPv4 = family.addressFamily == .v4
        protocolOffset = Self.headerOffset + (isIPv4 ? 9 : 6)
        destinationOffset = Self.headerOffset + (isIPv4 ? 16 : 24)
        sourcePortOffset = Self.headerOffset + (isIPv4 ? 20 : 40)
        destinationPortOffset = sourcePortOffset + 2
    }
}

/// The spelling of what only tables at a device hold.
enum DeviceText {
    /// A statement that matches.
    static func match(_ statement: Statement, family: TableFamily) -> String {
        let isIPv4 = family.addressFamily == .v4
        return switch statement {
        case .isOfFamily: "meta protocol \(family.headerWord)"
        case .isFragment: isIPv4 ? "ip frag-off & 0x3fff != 0" : "exthdr frag exists"
        case .hasICMPType(let type): "\(isIPv4 ? "icmp" : "icmpv6") type \(type)"
        case .quotesPlainHeader: field(QuotedPacket.headerOffset, 1) + " 0x45"
        default: ""
        }
    }

    /// A statement that acts.
    static func action(_ statement: Statement, family: TableFamily) -> String {
        switch statement {
        case .setMark(let fields, let map):
            "meta mark set " + StatementText.text(of: fields, family: family) + " map @" + map
        case .forward(let fields, let map):
            "fwd \(family.headerWord) to " + StatementText.text(of: fields, family: family)
                + " map @\(map) device iif"
        default: ""
        }
    }

    /// A selector that looks into the packet that an ICMP error quotes.
    static func quoted(_ selector: Selector, family: TableFamily) -> String {
        let quoted = QuotedPacket(family)
        let client = field(quoted.destinationOffset, UInt32(family.addressByteCount))
        let port = field(quoted.destinationPortOffset, 2)
        return switch selector {
        case .quotedProtocol: field(quoted.protocolOffset, 1)
        case .quotedSourcePort: field(quoted.sourcePortOffset, 2)
        case .quotedClientHash(let modulus, let seed): hash(client, modulus, seed)
        case .quotedConnectionHash(let modulus, let seed):
            hash("\(client) . \(port)", modulus, seed)
        default: ""
        }
    }

    /// Jenkins' hash of some fields.
    static func hash(_ fields: String, _ modulus: UInt32, _ seed: UInt32) -> String {
        "jhash \(fields) mod \(modulus) seed 0x\(String(seed, radix: 16))"
    }

    /// Bytes of the transport header, which `nft` counts in bits.
    private static func field(_ offset: UInt32, _ length: UInt32) -> String {
        "@th,\(offset * 8),\(length * 8)"
    }
}

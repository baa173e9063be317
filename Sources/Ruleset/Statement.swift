package import Addressing

/// One statement of a rule: the cases that Sluice uses.
package enum Statement: Hashable, Sendable {
    /// Goes on only if the selected fields are (or, negated, are not) in the set.
    case inSet([Selector], isNegated: Bool, set: String)
    /// Goes on only for one of these protocols: `meta l4proto { tcp, udp }`.
    ///
    /// With several protocols the kernel holds them in an anonymous set.
    case isProtocol([TransportProtocol])
    /// Goes on only for packets that connection tracking cannot place: `ct state invalid`.
    case isInvalid
    /// Goes on only for TCP segments that have, of these flags, just those.
    case hasTCPFlags(TCPFlags, among: TCPFlags)
    /// Goes on only for TCP segments with this sequence number.
    case hasSequenceNumber(UInt32)
    /// Goes on only for packets of the table's address family: `meta protocol ip`. Where a table
    /// is at a device, others pass as well.
    case isOfFamily
    /// Goes on only for fragments, the first one too.
    case isFragment
    /// Goes on only for ICMP or ICMPv6 messages of this type.
    case hasICMPType(UInt8)
    /// Goes on only if the IPv4 header that an ICMP message quotes has no options, so that the
    /// quoted fields are where they are looked for.
    case quotesPlainHeader
    /// Goes on only for connections whose destination was translated: `ct status dnat`.
    case isDestinationTranslated
    /// Goes on only if the source is an address of this host: `fib saddr type local`.
    case isSourceLocal
    /// Looks the fields up in a verdict map and obeys; goes on if nothing is found.
    case verdictMap([Selector], map: String)
    /// Translates the destination to what the map holds; goes on if nothing is found.
    case translateDestination([Selector], map: String)
    /// Writes the address that the map holds into the packet as its destination; goes on only if
    /// it is found.
    ///
    /// Nothing but the header changes: connection tracking has read it before, and a translation
    /// behind this overwrites it. So it is a place for an address between two lookups, which has
    /// to be put back where no translation follows.
    case setDestination([Selector], map: String)
    /// Writes an address into the packet as its destination, as `setDestination` does.
    case copyToDestination(Selector)
    /// Marks the packet with the number that the map holds; goes on only if it is found.
    case setMark([Selector], map: String)
    /// Sends the packet back out of the device it came by, to the neighbour whose address the map
    /// holds; goes on if nothing is found. The time to live is one less, and a packet whose last
    /// it was is dropped (kernel: `nft_fwd_neigh_eval`).
    case forward([Selector], map: String)
    /// Gives the packet the address of the interface that it leaves by; it keeps its port unless
    /// another connection to the same destination has it (kernel: `nf_nat_l4proto_unique_tuple`).
    ///
    /// Not a port by chance (`fully-random`): the backend may remember that one of another port of
    /// the client, see `TimeWaitPace`.
    case masquerade
    /// Writes an element into a dynamic map, or renews its timeout if it is there.
    ///
    /// An element that exists keeps its value (kernel: `nft_dynset`).
    case update(set: String, key: [Selector], timeoutSeconds: Int, value: [Selector])
    /// Goes on only if packets with this key come faster than this.
    ///
    /// Each key has a bucket of its own in the dynamic set, which is forgotten so long after its
    /// last packet. If the set is full, packets with further keys do not go on.
    case isOverRate(PacketRate, set: String, key: [Selector], timeoutSeconds: Int)
    /// Goes on only if more than so many tracked connections began with this key.
    ///
    /// The dynamic set counts the connections of each key while they are tracked.
    case isOverCount(Int, set: String, key: [Selector])
    /// Refuses the packet and tells the sender.
    case reject(Refusal)
    /// Ends with a verdict.
    case verdict(Verdict)
    /// Something that Sluice never writes, found in the kernel.
    case foreign(String)

    /// How a sender learns that a packet was refused.
    package enum Refusal: Hashable, Sendable {
        /// A TCP RST.
        case tcpReset
        /// An ICMP or ICMPv6 port unreachable.
        case portUnreachable
    }
}

/// Flags of a TCP segment, with the bits of its header (RFC 9293 section 3.1).
package struct TCPFlags: OptionSet, Hashable, Sendable {
    /// The header's byte of flags.
    package let rawValue: UInt8

    /// Takes the header's byte.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Opens a connection.
    package static let synchronize = TCPFlags(rawValue: 0x02)
    /// Refuses or ends a connection at once.
    package static let reset = TCPFlags(rawValue: 0x04)
    /// Confirms what has arrived.
    package static let acknowledge = TCPFlags(rawValue: 0x10)

    /// The flags as `nft` spells them, for example `rst,ack`.
    var text: String {
        let names: [(TCPFlags, String)] = [
            (.synchronize, "syn"), (.reset, "rst"), (.acknowledge, "ack"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
    }
}

extension Statement {
    /// The set or map that the statement looks into or writes, if there is one.
    package var setName: String? {
        switch self {
        case .inSet(_, _, let name), .verdictMap(_, let name),
            .translateDestination(_, let name), .setMark(_, let name),
            .setDestination(_, let name), .forward(_, let name), .update(let name, _, _, _),
            .isOverRate(_, let name, _, _), .isOverCount(_, let name, _):
            name
        default: nil
        }
    }
}

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
    /// Goes on only for connections whose destination was translated: `ct status dnat`.
    case isDestinationTranslated
    /// Goes on only if the source is an address of this host: `fib saddr type local`.
    case isSourceLocal
    /// Looks the fields up in a verdict map and obeys; goes on if nothing is found.
    case verdictMap([Selector], map: String)
    /// Translates the destination to what the map holds; goes on if nothing is found.
    case translateDestination([Selector], map: String)
    /// Gives the packet the address of the interface that it leaves by.
    case masquerade
    /// Writes an element into a dynamic map, or renews its timeout if it is there.
    ///
    /// An element that exists keeps its value (kernel: `nft_dynset`).
    case update(set: String, key: [Selector], timeoutSeconds: Int, value: [Selector])
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

extension Statement {
    /// The set or map that the statement looks into or writes, if there is one.
    package var setName: String? {
        switch self {
        case .inSet(_, _, let name), .verdictMap(_, let name),
            .translateDestination(_, let name), .update(let name, _, _, _):
            name
        default: nil
        }
    }
}

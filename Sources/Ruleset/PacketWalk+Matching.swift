import Addressing

/// What a walk looks at and what it looks up, without changing anything.
extension PacketWalk {
    /// Whether a statement that only matches lets the packet go on; nil for all others.
    func matches(_ statement: Statement, _ traveller: Traveller) -> Bool? {
        let packet = traveller.packet
        return switch statement {
        case .inSet(let fields, let isNegated, let set):
            (find(fields, in: set, traveller) != nil) != isNegated
        case .isProtocol(let protocols): protocols.contains(packet.transport)
        case .isInvalid: packet.isInvalid
        case .hasTCPFlags(let flags, let mask): packet.flags.intersection(mask) == flags
        // A first packet's number is the client's choice; a refusal's is 0 (RFC 9293, 3.10.7.1).
        case .hasSequenceNumber(let number): packet.isRefusal && number == 0
        case .isOfFamily: packet.destination.address.family == table.id.family.addressFamily
        // The walk knows whole packets of connections only.
        case .isFragment, .hasICMPType, .quotesPlainHeader: false
        case .isDestinationTranslated: packet.isTranslated
        case .isSourceLocal: localAddresses.contains(packet.source.address)
        case .verdictMap, .translateDestination, .setDestination, .copyToDestination, .setMark,
            .forward, .masquerade, .update, .isOverRate, .isOverCount, .reject, .verdict, .foreign:
            nil
        }
    }

    /// The element of these fields in a set, if it is there.
    func find(_ fields: [Selector], in set: String, _ traveller: Traveller) -> Element? {
        guard let set = table.sets[set] else { return nil }
        let key = traveller.data(of: fields, choose: choose)
        if let element = set.elements[key] { return element }
        guard set.declaration.isInterval else { return nil }
        return set.elements.values.first { $0.covers(key, by: fields, in: table.id.family) }
    }

    /// What a map holds for these fields, planned or learned; empty if nothing.
    func values(_ fields: [Selector], in map: String, _ traveller: Traveller) -> [FieldValue] {
        guard let set = table.sets[map], case .data(let valueFields) = set.declaration.value
        else { return [] }
        let key = traveller.data(of: fields, choose: choose)
        var found = learned[map]?[key]
        if case .data(let data) = set.elements[key]?.value { found = data }
        return found.map { FieldReader.fields(of: $0, as: valueFields, family: table.id.family) }
            ?? []
    }
}

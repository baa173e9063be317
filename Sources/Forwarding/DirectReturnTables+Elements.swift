import Addressing
import Ruleset

/// How groups and the frontends that lead to them are written.
extension DirectReturnTables {
    func slot(_ slot: Int, of group: UInt32, _ node: IPAddress) -> PlacedElement {
        var key = ElementData()
        key.append(number: group)
        key.append(number: UInt32(slot))
        var value = ElementData()
        value.append(node)
        return PlacedElement(
            set: frame(node.family).nodes, element: Element(key, value: .data(value)))
    }

    /// What the frontends of an address and a protocol put into the maps, the slots apart.
    func elements(of mentions: [Port: Mention], at place: Place) -> [PlacedElement] {
        guard !mentions.isEmpty else { return [] }
        let frame = frame(place.address.family)
        var prefix = ElementData()
        prefix.append(place.address)
        prefix.append(place.transport)
        var result = [PlacedElement(set: frame.unsplit, element: Element(prefix))]
        let groups = Set(mentions.values.map(\.group))
        if groups.count == 1, let mention = mentions.values.first, mention.grouping == .client {
            result.append(
                PlacedElement(
                    set: frame.split, element: Element(prefix, value: value(mention.group))))
        }
        for (port, mention) in mentions {
            let grouping = mention.grouping
            var key = prefix
            key.append(port)
            let label = FrontendElements.trimmed(mention.label)
            let value = value(mention.group)
            result.append(
                PlacedElement(
                    set: frame.services(grouping),
                    element: Element(key, value: value, comment: label)))
            result.append(
                PlacedElement(set: frame.quotes(grouping), element: Element(key, value: value)))
        }
        return result
    }

    private func value(_ group: UInt32) -> Element.Value {
        var value = ElementData()
        value.append(number: group)
        return .data(value)
    }

    func frame(_ family: IPFamily) -> DirectReturnFrame {
        guard let directReturn = layout.directReturn else {
            preconditionFailure("no frontend is taken without a device")
        }
        return DirectReturnFrame(
            layout: directReturn, family: family, hasCounters: layout.hasCounters)
    }
}

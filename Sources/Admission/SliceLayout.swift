import KubeAPI

/// Spreads endpoints over slices so that one endpoint's change touches one slice.
///
/// An endpoint stays in the slice it is in; a new one goes where there is room; only slices that
/// became empty go. Slices are named `SERVICE-ipv4-0` and so on, so that the same pods in the same
/// order give the same slices on a new start.
struct SliceLayout {
    /// What one slice holds.
    struct Slot: Hashable {
        let number: Int
        let ports: [EndpointPortObject]
        var endpoints: [SliceEndpoint]
    }

    /// An endpoint and its ports, before it is in a slice.
    struct Member {
        let endpoint: SliceEndpoint
        let ports: [EndpointPortObject]
    }

    /// What stays the same about an endpoint while its conditions change.
    private struct Identity: Hashable, Comparable {
        let pod: String
        let address: String

        init(_ endpoint: SliceEndpoint) {
            pod = endpoint.targetRef?.name ?? ""
            address = endpoint.addresses.first ?? ""
        }

        static func < (left: Identity, right: Identity) -> Bool {
            (left.pod, left.address) < (right.pod, right.address)
        }
    }

    /// Begins the names of the slices.
    let namePrefix: String
    let capacity: Int

    /// Arranges the members, given the slices there are.
    func arrange(_ members: [Member], existing: [EndpointSliceObject]) -> [Slot] {
        var slots = emptySlots(existing)
        let positions = Dictionary(
            slots.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
        let places = Dictionary(
            existing.flatMap { slice in
                slice.endpoints.map { (Identity($0), number(of: slice)) }
            }, uniquingKeysWith: { first, _ in first })

        var newcomers: [Member] = []
        for member in members {
            if let number = places[Identity(member.endpoint)] ?? nil,
                let slot = positions[number], slots[slot].ports == member.ports,
                slots[slot].endpoints.count < capacity
            {
                slots[slot].endpoints.append(member.endpoint)
            } else {
                newcomers.append(member)
            }
        }
        for member in newcomers { place(member, in: &slots) }
        return slots.filter { !$0.endpoints.isEmpty }.map(Self.inOrder)
            .sorted { $0.number < $1.number }
    }

    /// The name of the slice of this number.
    func name(_ number: Int) -> String { "\(namePrefix)\(number)" }

    /// Sorted whatever came first, so that an unchanged slice is equal to its last version.
    private static func inOrder(_ slot: Slot) -> Slot {
        var slot = slot
        slot.endpoints.sort { Identity($0) < Identity($1) }
        return slot
    }

    private func emptySlots(_ existing: [EndpointSliceObject]) -> [Slot] {
        existing.compactMap { slice in
            number(of: slice).map { Slot(number: $0, ports: slice.ports ?? [], endpoints: []) }
        }
    }

    private func place(_ member: Member, in slots: inout [Slot]) {
        let room = slots.firstIndex {
            $0.ports == member.ports && $0.endpoints.count < capacity
        }
        if let room {
            slots[room].endpoints.append(member.endpoint)
            return
        }
        // A slice that lost all endpoints is written anew for other ports.
        let empty = slots.firstIndex { $0.endpoints.isEmpty }
        let taken = Set(slots.map(\.number))
        let number =
            empty.map { slots.remove(at: $0).number }
            ?? (0...slots.count).first { !taken.contains($0) } ?? slots.count
        slots.append(Slot(number: number, ports: member.ports, endpoints: [member.endpoint]))
    }

    private func number(of slice: EndpointSliceObject) -> Int? {
        guard let name = slice.metadata.name, name.hasPrefix(namePrefix) else { return nil }
        return Int(name.dropFirst(namePrefix.count))
    }
}

package import Addressing
package import KubeAPI

/// Gives out the addresses at which load balancers accept Services' traffic.
///
/// A Service gets an address of its own, unless it asks for one that others have and its ports
/// are not among theirs: then they share it.
package struct LoadBalancerPool: Hashable, Sendable {
    /// A port of an address; what two Services on one address may not both have.
    package struct Listener: Hashable, Sendable {
        /// The protocol of the traffic.
        package let transport: TransportProtocol
        /// The port at the load balancer's address.
        package let port: Port

        /// The port of this number for this protocol.
        package init(_ transport: TransportProtocol, _ port: Port) {
            self.transport = transport
            self.port = port
        }
    }

    /// Where the addresses come from, in the order in which they are used up.
    package let blocks: [CIDRBlock]
    private var tenants: [IPAddress: [ObjectKey: Set<Listener>]] = [:]
    /// For each block the place after the one given out last.
    private var next: [UInt64]
    /// For each block a place before which none is free.
    private var lowest: [UInt64]

    /// A pool whose addresses are all free.
    package init(blocks: [CIDRBlock]) {
        self.blocks = blocks
        next = blocks.map { Self.usable($0).lowerBound }
        lowest = next
    }

    /// Whether there are addresses of a family at all.
    package func serves(_ family: IPFamily) -> Bool {
        blocks.contains { $0.family == family }
    }

    /// Whether the address is one that can be given out at all.
    package func canHold(_ address: IPAddress) -> Bool {
        blocks.contains { $0.contains(address) }
    }

    /// What a Service listens on at an address, if it has the address.
    package func listeners(
        of service: ObjectKey, at address: IPAddress
    ) -> Set<Listener>? {
        tenants[address]?[service]
    }

    /// The other Services at an address that have one of these ports, in order.
    package func rivals(
        of service: ObjectKey, at address: IPAddress, for listeners: Set<Listener>
    ) -> [ObjectKey] {
        (tenants[address] ?? [:])
            .filter { $0.key != service && !$0.value.isDisjoint(with: listeners) }
            .keys.sorted()
    }

    /// Takes note that a Service has an address, whoever else has it; nothing to note of an address
    /// that is not of the pool.
    package mutating func note(
        _ address: IPAddress, of service: ObjectKey, listeners: Set<Listener>
    ) {
        if canHold(address) { tenants[address, default: [:]][service] = listeners }
    }

    /// Gives a chosen address to a Service; false if a port is taken or it is not of the pool.
    package mutating func claim(
        _ address: IPAddress, for service: ObjectKey, listeners: Set<Listener>
    ) -> Bool {
        guard canHold(address), rivals(of: service, at: address, for: listeners).isEmpty else {
            return false
        }
        tenants[address, default: [:]][service] = listeners
        return true
    }

    /// Gives an address that nobody has to a Service; nil when there is none of the family.
    ///
    /// They are given out in turn, so that a freed one rests before it is used again.
    package mutating func claimNext(
        _ family: IPFamily, for service: ObjectKey, listeners: Set<Listener>
    ) -> IPAddress? {
        for index in blocks.indices where blocks[index].family == family {
            guard let (place, address) = firstFree(in: index, from: next[index]) else { continue }
            next[index] = place + 1
            tenants[address] = [service: listeners]
            return address
        }
        return nil
    }

    /// Gives the lowest address that nobody has to a Service; nil when there is none of the family.
    ///
    /// Whoever knows the same tenants comes to the same address.
    package mutating func claimLowest(
        _ family: IPFamily, for service: ObjectKey, listeners: Set<Listener>
    ) -> IPAddress? {
        for index in blocks.indices where blocks[index].family == family {
            guard let (place, address) = firstFree(in: index, from: lowest[index]) else {
                continue
            }
            lowest[index] = place
            tenants[address] = [service: listeners]
            return address
        }
        return nil
    }

    /// Takes an address from a Service, if it has it.
    package mutating func release(_ address: IPAddress, for service: ObjectKey) {
        tenants[address]?[service] = nil
        guard tenants[address]?.isEmpty == true else { return }
        tenants[address] = nil
        for index in blocks.indices {
            guard let place = blocks[index].offset(of: address),
                Self.usable(blocks[index]).contains(place)
            else { continue }
            lowest[index] = min(lowest[index], place)
        }
    }

    /// Goes once around the block; as many steps as addresses are taken find a free one.
    private func firstFree(
        in index: Int, from start: UInt64
    ) -> (place: UInt64, address: IPAddress)? {
        let block = blocks[index]
        let places = Self.usable(block)
        var place = places.contains(start) ? start : places.lowerBound
        for _ in 0...min(UInt64(tenants.count), places.upperBound - places.lowerBound) {
            if let address = block.address(at: place), tenants[address] == nil {
                return (place, address)
            }
            place = place == places.upperBound ? places.lowerBound : place + 1
        }
        return nil
    }

    /// Without the addresses that stand for the block itself (in IPv4 also the broadcast address)
    /// where a block is large enough to have them; users may still ask for one.
    private static func usable(_ block: CIDRBlock) -> ClosedRange<UInt64> {
        let last = block.addressCount - 1
        guard last > 1 else { return 0...last }
        return 1...(block.family == .v4 ? last - 1 : last)
    }
}

package import Addressing
package import KubeAPI

/// Gives out the nodes' ports, for each protocol on its own.
///
/// The lower band of `min(max(16, size / 32), 128)` ports is left to those who choose theirs
/// (KEP-3668).
package struct NodePortAllocator: Hashable, Sendable {
    /// The ports that Kubernetes uses unless configured otherwise.
    package static let defaultRange: ClosedRange<UInt16> = 30000...32767

    /// The ports that can be given out.
    package let range: ClosedRange<UInt16>
    private var pools: [TransportProtocol: NumberPool<ObjectKey>]

    /// An allocator whose ports are all free.
    package init(range: ClosedRange<UInt16> = defaultRange) {
        self.range = range
        let size = UInt64(range.count)
        let pool = NumberPool<ObjectKey>(
            size: size, reservedForChoice: min(max(16, size / 32), 128))
        pools = Dictionary(uniqueKeysWithValues: TransportProtocol.allCases.map { ($0, pool) })
    }

    /// Whether the port is one that can be given out at all.
    package func canHold(_ port: Port) -> Bool {
        range.contains(port.rawValue)
    }

    /// Who has a port.
    package func owner(of port: NodePortClaim) -> ObjectKey? {
        number(of: port.port).flatMap { pools[port.transport]?.owner(of: $0) }
    }

    /// Gives a chosen port to a Service; false if it is taken or outside the range.
    package mutating func claim(_ port: NodePortClaim, for service: ObjectKey) -> Bool {
        guard let number = number(of: port.port) else { return false }
        return pools[port.transport]?.claim(number, for: service) ?? false
    }

    /// Gives a free port to a Service; nil when the range is used up.
    package mutating func claimNext(
        _ transport: TransportProtocol, for service: ObjectKey
    ) -> Port? {
        pools[transport]?.claimNext(for: service).flatMap { number in
            Port(Int(range.lowerBound) + Int(number))
        }
    }

    /// Frees a port, if the Service has it.
    package mutating func release(_ port: NodePortClaim, for service: ObjectKey) {
        guard let number = number(of: port.port) else { return }
        pools[port.transport]?.release(number, for: service)
    }

    private func number(of port: Port) -> UInt64? {
        canHold(port) ? UInt64(port.rawValue - range.lowerBound) : nil
    }
}

/// A nodes' port of one protocol: what one Service at a time may have.
package struct NodePortClaim: Hashable, Sendable {
    /// The protocol of the traffic.
    package let transport: TransportProtocol
    /// The port at every node's addresses.
    package let port: Port

    /// The port of this number for this protocol.
    package init(_ transport: TransportProtocol, _ port: Port) {
        self.transport = transport
        self.port = port
    }
}

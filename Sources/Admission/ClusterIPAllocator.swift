package import Addressing
package import KubeAPI

/// Gives out the ClusterIPs of one block.
///
/// The network address, and in IPv4 the broadcast address, are never given out. The lower band of
/// `min(max(16, size / 16), 256)` addresses is left to those who choose theirs (KEP-3070).
package struct ClusterIPAllocator: Hashable, Sendable {
    /// How far into a block the address of the cluster's DNS is, as kubeadm places it.
    static let dnsOffset: UInt64 = 10

    /// Where the addresses come from.
    package let block: CIDRBlock
    /// The first usable address belongs to this Service alone.
    private let firstAddressOwner: ObjectKey?
    /// Gets the address at `dnsOffset` while nobody has chosen that.
    private let dnsService: ObjectKey?
    private var pool: NumberPool<ObjectKey>

    /// An allocator whose addresses are all free.
    package init(
        block: CIDRBlock, firstAddressOwner: ObjectKey? = nil, dnsService: ObjectKey? = nil
    ) {
        self.block = block
        self.firstAddressOwner = firstAddressOwner
        self.dnsService = dnsService
        let unusable: UInt64 = block.family == .v4 ? 2 : 1
        let count = block.addressCount
        let size = count > unusable ? count - unusable : 0
        pool = NumberPool(size: size, reservedForChoice: min(max(16, size / 16), 256))
        if let firstAddressOwner { _ = pool.claim(0, for: firstAddressOwner) }
    }

    /// How many addresses are taken.
    package var used: Int { pool.used }

    /// Who has an address of the block.
    package func owner(of address: IPAddress) -> ObjectKey? {
        number(of: address).flatMap { pool.owner(of: $0) }
    }

    /// Whether the address is one that can be given out at all.
    package func canHold(_ address: IPAddress) -> Bool {
        number(of: address).map { $0 < pool.size } ?? false
    }

    /// Gives a chosen address to a Service; false if it is taken or not of this block.
    package mutating func claim(_ address: IPAddress, for service: ObjectKey) -> Bool {
        number(of: address).map { pool.claim($0, for: service) } ?? false
    }

    /// Gives a free address to a Service; nil when the block is used up.
    package mutating func claimNext(for service: ObjectKey) -> IPAddress? {
        if service == firstAddressOwner { return block.address(at: 1) }
        if service == dnsService, let address = block.address(at: Self.dnsOffset),
            owner(of: address) == nil, claim(address, for: service)
        {
            return address
        }
        return pool.claimNext(for: service).flatMap { block.address(at: $0 + 1) }
    }

    /// Frees an address, if the Service has it; the reserved first one is never free.
    package mutating func release(_ address: IPAddress, for service: ObjectKey) {
        guard let number = number(of: address) else { return }
        if number == 0, firstAddressOwner != nil { return }
        pool.release(number, for: service)
    }

    /// An address's place in the pool, which begins after the network address.
    private func number(of address: IPAddress) -> UInt64? {
        guard let offset = block.offset(of: address), offset > 0 else { return nil }
        return offset - 1
    }
}

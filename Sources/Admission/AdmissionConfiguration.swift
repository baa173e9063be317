package import Addressing
package import KubeAPI

/// Which addresses and ports Services may be given.
package struct AdmissionConfiguration: Hashable, Sendable {
    /// Why a configuration is impossible.
    package enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        case noServiceBlock
        case overlappingServiceBlocks(CIDRBlock, CIDRBlock)
        case serviceBlockTooSmall(CIDRBlock)
        case poolInsideServiceBlock(CIDRBlock)

        package var description: String {
            switch self {
            case .noServiceBlock:
                "no service CIDR: give at least one, for example 10.96.0.0/12"
            case .overlappingServiceBlocks(let one, let other):
                "service CIDRs \(one) and \(other) overlap: leave one out"
            case .serviceBlockTooSmall(let block):
                "service CIDR \(block) has no usable address: use a shorter prefix"
            case .poolInsideServiceBlock(let block):
                "load balancer pool \(block) overlaps a service CIDR: use other addresses"
            }
        }
    }

    /// Where ClusterIPs come from; the first block's family is the primary one.
    package let serviceBlocks: [CIDRBlock]
    /// Where nodePorts and health check ports come from.
    package let nodePortRange: ClosedRange<UInt16>
    /// Where load balancer addresses come from; empty: none are given out.
    package let loadBalancerBlocks: [CIDRBlock]
    /// The Service of the API itself; the first block's first address is kept for it.
    package let apiService = ObjectKey(
        kind: .services, namespace: ObjectKey.defaultNamespace, name: "kubernetes")
    /// The Service of the cluster's DNS; each block's tenth address is given to it, if it is free.
    package let dnsService = ObjectKey(
        kind: .services, namespace: "kube-system", name: "kube-dns")

    /// A configuration; refuses blocks that cannot work together.
    package init(
        serviceBlocks: [CIDRBlock],
        nodePortRange: ClosedRange<UInt16> = NodePortAllocator.defaultRange,
        loadBalancerBlocks: [CIDRBlock] = []
    ) throws(Problem) {
        guard !serviceBlocks.isEmpty else { throw .noServiceBlock }
        for (index, block) in serviceBlocks.enumerated() {
            guard block.addressCount > 2 else { throw .serviceBlockTooSmall(block) }
            for other in serviceBlocks[..<index] where block.overlaps(other) {
                throw .overlappingServiceBlocks(other, block)
            }
        }
        for pool in loadBalancerBlocks where serviceBlocks.contains(where: pool.overlaps) {
            throw .poolInsideServiceBlock(pool)
        }
        self.serviceBlocks = serviceBlocks
        self.nodePortRange = nodePortRange
        self.loadBalancerBlocks = CIDRBlock.merged(loadBalancerBlocks)
    }

    /// Where pods find the cluster's DNS unless its Service says otherwise: at most one address a
    /// family, the primary one first.
    package var dnsAddresses: [IPAddress] {
        families.compactMap { family in
            serviceBlocks.first { $0.family == family }?.address(at: ClusterIPAllocator.dnsOffset)
        }
    }

    /// The families that have service addresses, the primary one first.
    package var families: [IPFamily] {
        let primary = serviceBlocks[0].family
        return serviceBlocks.contains { $0.family != primary }
            ? [primary, primary == .v4 ? .v6 : .v4] : [primary]
    }
}

extension CIDRBlock {
    fileprivate func overlaps(_ other: CIDRBlock) -> Bool {
        contains(other) || other.contains(self)
    }
}

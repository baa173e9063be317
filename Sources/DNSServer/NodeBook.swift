import Addressing
import KubeAPI

/// What the server needs of the cluster's nodes: where it is to listen itself, and who may have
/// names outside the zone resolved.
struct NodeBook: Sendable {
    private struct Entry: Hashable, Sendable {
        /// Where the node is reached inside the cluster.
        let internalAddresses: [IPAddress]
        /// Its addresses and its pods'.
        let blocks: [CIDRBlock]
    }

    private var nodes: [String: Entry] = [:]

    /// Takes the complete list of nodes; true if anything differs from what was known.
    ///
    /// Those in `kept` could not be read, and stay as they are known.
    mutating func replace(_ objects: [NodeObject], keeping kept: Set<String>) -> Bool {
        let before = nodes
        nodes = nodes.filter { kept.contains($0.key) }
        for object in objects { _ = upsert(object) }
        return nodes != before
    }

    /// Takes a new or changed node; true if it differs from what was known.
    mutating func upsert(_ object: NodeObject) -> Bool {
        guard let name = object.metadata.name else { return false }
        let all = object.status.addresses ?? []
        let addresses = all.compactMap { IPAddress($0.address) }
        let pods = (object.spec.podCIDRs ?? object.spec.podCIDR.map { [$0] } ?? [])
            .compactMap { CIDRBlock($0) }
        let entry = Entry(
            internalAddresses: all.filter { $0.type == "InternalIP" }
                .compactMap { IPAddress($0.address) },
            blocks: addresses.compactMap(CIDRBlock.init(single:)) + pods)
        guard nodes[name] != entry else { return false }
        nodes[name] = entry
        return true
    }

    /// Forgets a node; true if it was known.
    mutating func delete(_ object: NodeObject) -> Bool {
        nodes.removeValue(forKey: object.metadata.name ?? "") != nil
    }

    /// Where a node is reached inside the cluster.
    func internalAddresses(of name: String) -> [IPAddress] {
        nodes[name]?.internalAddresses ?? []
    }

    /// The addresses of all nodes and of their pods.
    var blocks: [CIDRBlock] { nodes.values.flatMap(\.blocks) }
}

extension CIDRBlock {
    /// The block that holds one address alone.
    init?(single address: IPAddress) {
        self.init(address, prefixLength: address.family.addressBits)
    }
}

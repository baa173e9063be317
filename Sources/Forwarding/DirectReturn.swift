package import Addressing
package import Ruleset

/// How a frontend's packets are handed to nodes as they are, which answer by themselves.
///
/// Nothing is remembered: a packet's node follows from its header alone, through slots that every
/// balancer fills alike.
package struct DirectReturn: Hashable, Sendable {
    /// Which packets go to the same node.
    package enum Grouping: Hashable, Sendable {
        /// Those of a connection: of one address and port.
        case connection
        /// All of a client's.
        case client
    }

    /// A node that takes packets.
    package struct Share: Hashable, Sendable {
        /// Its address on the balancer's network.
        package let address: IPAddress
        /// How much it gets beside the others.
        package let weight: Int

        /// Gives a node a weight of 1 or more.
        package init(_ address: IPAddress, weight: Int = 1) {
            precondition(weight > 0, "a node without weight takes no packets")
            self.address = address
            self.weight = weight
        }
    }

    /// A hash of the rest, made once: every Service of a balancer may have the same nodes, and
    /// each is looked up among the others'.
    private let fingerprint: Int
    /// Which packets go to the same node.
    package let grouping: Grouping
    /// All nodes that there are, whether they take packets now or not, in order.
    package let members: [IPAddress]
    /// The nodes that take packets, in order.
    package let shares: [Share]

    /// Hands packets to `shares`; fails if there are none, or not all of one family.
    package init?(_ grouping: Grouping, members: [IPAddress], shares: [Share]) {
        let shares = shares.sorted { $0.address < $1.address }
        let members = Self.merged(members, with: shares)
        guard let first = members.first, !shares.isEmpty,
            members.allSatisfy({ $0.family == first.family })
        else { return nil }
        self.grouping = grouping
        self.members = members
        self.shares = shares
        var hasher = Hasher()
        hasher.combine(grouping)
        hasher.combine(members)
        hasher.combine(shares)
        fingerprint = hasher.finalize()
    }

    /// Members in order, each once, and who has a share without being named among them.
    private static func merged(_ members: [IPAddress], with shares: [Share]) -> [IPAddress] {
        // Two lists in order are sorted by one look at each.
        (members + shares.map(\.address)).sorted().reduce(into: []) { merged, address in
            if merged.last != address { merged.append(address) }
        }
    }

    /// Feeds the fingerprint alone to the hasher.
    package func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }

    /// The family of all the nodes' addresses.
    package var family: IPFamily { shares[0].address.family }

    /// The node of each of so many slots, a prime number of them.
    ///
    /// While nodes have equal shares, the slots of a member that takes no packets go to others one
    /// by one (rendezvous hashing), and those of the others stay. With unequal shares a few
    /// others' slots move as well. The slots follow from this value alone, so that all balancers
    /// that know the same nodes send a packet to the same one.
    package func slots(_ count: Int) -> [IPAddress] {
        let heaviest = shares.map(\.weight).max() ?? 1
        guard shares.allSatisfy({ $0.weight == heaviest }) else {
            return MaglevTable.owners(
                of: count, names: shares.map(\.address.bytes), weights: shares.map(\.weight)
            ).map { shares[$0].address }
        }
        let serving = Set(shares.map(\.address))
        let names = members.map(\.bytes)
        return MaglevTable.owners(of: count, names: names, weights: members.map { _ in 1 })
            .enumerated().map { slot, owner in
                serving.contains(members[owner]) ? members[owner] : substitute(slot)
            }
    }

    /// Who takes a slot whose owner does not.
    private func substitute(_ slot: Int) -> IPAddress {
        let number = UInt32(slot)
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        var best = (score: UInt64(0), address: shares[0].address)
        for share in shares {
            let score = MaglevTable.hash(share.address.bytes + bytes, seed: 0x7375_6273)
            if score > best.score { best = (score, share.address) }
        }
        return best.address
    }
}

/// Where packets are handed to nodes as they are.
package struct DirectReturnLayout: Hashable, Sendable {
    /// The slots of a balancer that is not told otherwise: a hundred for each of 40 nodes.
    package static let defaultSlotCount = 4_093
    /// The device at which packets arrive and by which they leave.
    package let device: String
    /// How many slots each group of nodes has; one of `MaglevTable.sizes`.
    package let slotCount: Int

    /// Describes the place; it stays as it is, since another number of slots moves every client.
    package init(device: String, slotCount: Int = Self.defaultSlotCount) {
        precondition(MaglevTable.sizes.contains(slotCount), "slots are a prime that is known")
        self.device = device
        self.slotCount = slotCount
    }

    /// The table of a family; the name's last letter says which family a `netdev` table is of.
    package static func table(_ family: IPFamily) -> TableID {
        let name = ForwardingLayout.Role.balancer.tableName
        return family == .v4 ? TableID(.netdev, name) : TableID(.netdev6, name + "6")
    }
}

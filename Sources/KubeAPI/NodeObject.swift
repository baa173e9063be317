/// A Node: a host that pods run on.
package struct NodeObject: KubeObject {
    /// The kind these objects are of.
    package static let resource = ResourceKind.nodes

    package var apiVersion: String?
    package var kind: String?
    package var metadata: ObjectMeta
    package var spec: NodeSpec
    package var status: NodeStatus

    /// An object that states its kind.
    package init(
        metadata: ObjectMeta, spec: NodeSpec = NodeSpec(), status: NodeStatus = NodeStatus()
    ) {
        apiVersion = Self.apiVersion
        kind = Self.kind
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(NodeSpec.self, forKey: .spec) ?? NodeSpec()
        status = try container.decodeIfPresent(NodeStatus.self, forKey: .status) ?? NodeStatus()
    }
}

/// What a Node should be.
package struct NodeSpec: Codable, Hashable, Sendable {
    /// The first of `podCIDRs`.
    package var podCIDR: String?
    /// Where the node's pods get their addresses from, at most one block a family.
    package var podCIDRs: [String]?
    package var providerID: String?
    package var unschedulable: Bool?
    package var taints: [Taint]?

    /// A spec with these pod blocks.
    package init(podCIDRs: [String]? = nil) {
        podCIDR = podCIDRs?.first
        self.podCIDRs = podCIDRs
    }
}

/// What keeps pods off a Node.
package struct Taint: Codable, Hashable, Sendable {
    package var key: String
    package var value: String?
    package var effect: String
    package var timeAdded: String?
}

/// What became of a Node.
package struct NodeStatus: Codable, Hashable, Sendable {
    package var addresses: [NodeAddress]?
    package var conditions: [Condition]?

    /// A status with these addresses.
    package init(addresses: [NodeAddress]? = nil, conditions: [Condition]? = nil) {
        self.addresses = addresses
        self.conditions = conditions
    }
}

/// One address of a Node.
package struct NodeAddress: Codable, Hashable, Sendable {
    /// `InternalIP`, `ExternalIP`, `Hostname`, `InternalDNS` or `ExternalDNS`.
    package var type: String
    package var address: String

    /// An address of this type.
    package init(type: String, address: String) {
        self.type = type
        self.address = address
    }
}

/// Some of a Service's endpoints, of one address family and with the same ports.
package struct EndpointSliceObject: KubeObject {
    /// The kind these objects are of.
    package static let resource = ResourceKind.endpointslices

    package var apiVersion: String?
    package var kind: String?
    package var metadata: ObjectMeta
    /// `IPv4`, `IPv6` or `FQDN`; empty in a bookmark.
    package var addressType: String
    package var endpoints: [SliceEndpoint]
    package var ports: [EndpointPortObject]?

    /// An object that states its kind.
    package init(
        metadata: ObjectMeta,
        addressType: String,
        endpoints: [SliceEndpoint],
        ports: [EndpointPortObject]?
    ) {
        apiVersion = Self.apiVersion
        kind = Self.kind
        self.metadata = metadata
        self.addressType = addressType
        self.endpoints = endpoints
        self.ports = ports
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        addressType = try container.decodeIfPresent(String.self, forKey: .addressType) ?? ""
        endpoints = try container.decodeIfPresent([SliceEndpoint].self, forKey: .endpoints) ?? []
        ports = try container.decodeIfPresent([EndpointPortObject].self, forKey: .ports)
    }

    /// The name of the Service that the slice belongs to, in the slice's namespace.
    package var serviceName: String? {
        metadata.label(WellKnown.serviceName)
    }
}

/// One endpoint of a slice.
package struct SliceEndpoint: Codable, Hashable, Sendable {
    /// Addresses of the same endpoint; proxies use the first.
    package var addresses: [String]
    package var conditions: EndpointConditions?
    package var hostname: String?
    package var nodeName: String?
    package var zone: String?
    package var targetRef: ObjectReference?
    package var hints: EndpointHints?
    /// Labels of the node, in slices that were converted from v1beta1.
    package var deprecatedTopology: [String: String]?

    /// An endpoint at these addresses.
    package init(
        addresses: [String],
        conditions: EndpointConditions? = nil,
        nodeName: String? = nil,
        zone: String? = nil,
        targetRef: ObjectReference? = nil
    ) {
        self.addresses = addresses
        self.conditions = conditions
        self.nodeName = nodeName
        self.zone = zone
        self.targetRef = targetRef
    }
}

/// Whether an endpoint may take traffic; an absent `ready` means ready.
package struct EndpointConditions: Codable, Hashable, Sendable {
    /// May take new connections; absent means true.
    package var ready: Bool?
    /// As `ready`, but also while the pod terminates; absent means as `ready`.
    package var serving: Bool?
    /// The pod is going; absent means false.
    package var terminating: Bool?

    /// Conditions as a controller states them.
    package init(ready: Bool? = nil, serving: Bool? = nil, terminating: Bool? = nil) {
        self.ready = ready
        self.serving = serving
        self.terminating = terminating
    }
}

/// Which zones and nodes should use an endpoint.
package struct EndpointHints: Codable, Hashable, Sendable {
    package var forZones: [ZoneHint]?
    package var forNodes: [ZoneHint]?

    /// Hints by name.
    package init(forZones: [String]? = nil, forNodes: [String]? = nil) {
        self.forZones = forZones?.map(ZoneHint.init)
        self.forNodes = forNodes?.map(ZoneHint.init)
    }
}

/// The name of a zone or of a node in `hints`.
package struct ZoneHint: Codable, Hashable, Sendable {
    package var name: String

    /// A hint with this name.
    package init(name: String) {
        self.name = name
    }
}

/// Any object of the served kinds; stored behind one pointer, so that copies are cheap.
package indirect enum ClusterObject: Hashable, Sendable {
    case service(ServiceObject)
    case endpoints(EndpointsObject)
    case endpointSlice(EndpointSliceObject)
    case pod(PodObject)
    case node(NodeObject)
    case lease(LeaseObject)

    /// Which of the served kinds this is.
    package var kind: ResourceKind {
        switch self {
        case .service: .services
        case .endpoints: .endpoints
        case .endpointSlice: .endpointslices
        case .pod: .pods
        case .node: .nodes
        case .lease: .leases
        }
    }

    /// What identifies the object among all objects.
    package var key: ObjectKey {
        switch self {
        case .service(let object): object.key
        case .endpoints(let object): object.key
        case .endpointSlice(let object): object.key
        case .pod(let object): object.key
        case .node(let object): object.key
        case .lease(let object): object.key
        }
    }

    /// Name, namespace, labels and version.
    package var metadata: ObjectMeta {
        get {
            switch self {
            case .service(let object): object.metadata
            case .endpoints(let object): object.metadata
            case .endpointSlice(let object): object.metadata
            case .pod(let object): object.metadata
            case .node(let object): object.metadata
            case .lease(let object): object.metadata
            }
        }
        set {
            switch self {
            case .service(let object): self = .service(object.with(newValue))
            case .endpoints(let object): self = .endpoints(object.with(newValue))
            case .endpointSlice(let object): self = .endpointSlice(object.with(newValue))
            case .pod(let object): self = .pod(object.with(newValue))
            case .node(let object): self = .node(object.with(newValue))
            case .lease(let object): self = .lease(object.with(newValue))
            }
        }
    }
}

extension ClusterObject: Codable {
    private enum CodingKeys: String, CodingKey {
        case apiVersion
        case kind
    }

    /// Reads an object by the kind it states; fails for a kind that is not served.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let apiVersion = try container.decode(String.self, forKey: .apiVersion)
        let kind = try container.decode(String.self, forKey: .kind)
        guard let resource = ResourceKind(kind: kind, apiVersion: apiVersion) else {
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: container,
                debugDescription: "unknown kind \(kind) of \(apiVersion)")
        }
        try self.init(resource, from: decoder)
    }

    /// Reads an object of a known kind, as in a list whose items do not state theirs.
    package init(_ resource: ResourceKind, from decoder: any Decoder) throws {
        self =
            switch resource {
            case .services: .service(try ServiceObject(from: decoder))
            case .endpoints: .endpoints(try EndpointsObject(from: decoder))
            case .endpointslices: .endpointSlice(try EndpointSliceObject(from: decoder))
            case .pods: .pod(try PodObject(from: decoder))
            case .nodes: .node(try NodeObject(from: decoder))
            case .leases: .lease(try LeaseObject(from: decoder))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .service(let object): try object.encode(to: encoder)
        case .endpoints(let object): try object.encode(to: encoder)
        case .endpointSlice(let object): try object.encode(to: encoder)
        case .pod(let object): try object.encode(to: encoder)
        case .node(let object): try object.encode(to: encoder)
        case .lease(let object): try object.encode(to: encoder)
        }
    }
}

extension KubeObject {
    /// The same object with other metadata.
    fileprivate func with(_ metadata: ObjectMeta) -> Self {
        var copy = self
        copy.metadata = metadata
        return copy
    }
}

/// The kinds of object that are served and watched; the raw value is the name in paths.
package enum ResourceKind: String, CaseIterable, Codable, Hashable, Sendable {
    case services
    case endpoints
    case endpointslices
    case pods
    case nodes
    case leases

    /// The kind with this `kind` and `apiVersion`, as an object states them.
    package init?(kind: String, apiVersion: String) {
        let found = Self.allCases.first { $0.kind == kind && $0.apiVersion == apiVersion }
        guard let found else { return nil }
        self = found
    }

    /// What an object of this kind states as `kind`.
    package var kind: String {
        switch self {
        case .services: "Service"
        case .endpoints: "Endpoints"
        case .endpointslices: "EndpointSlice"
        case .pods: "Pod"
        case .nodes: "Node"
        case .leases: "Lease"
        }
    }

    /// What a list of this kind states as `kind`.
    package var listKind: String { kind + "List" }

    /// The API group; empty for the core group.
    package var group: String {
        switch self {
        case .endpointslices: "discovery.k8s.io"
        case .leases: "coordination.k8s.io"
        case .services, .endpoints, .pods, .nodes: ""
        }
    }

    /// What an object of this kind states as `apiVersion`.
    package var apiVersion: String {
        group.isEmpty ? "v1" : "\(group)/v1"
    }

    /// The name in paths.
    package var plural: String { rawValue }

    /// The name for one, as in `kubectl get service`.
    package var singular: String { kind.lowercased() }

    /// The abbreviations that `kubectl` accepts.
    package var shortNames: [String] {
        switch self {
        case .services: ["svc"]
        case .endpoints: ["ep"]
        case .endpointslices, .leases: []
        case .pods: ["po"]
        case .nodes: ["no"]
        }
    }

    /// Whether objects of this kind live in a namespace.
    package var isNamespaced: Bool { self != .nodes }

    /// Whether clients write objects of this kind through the API; those of the other kinds come
    /// from manifests.
    package var isWrittenByClients: Bool { self == .leases }

    /// Where the group and version are served, without a slash at the end.
    package var pathPrefix: String {
        group.isEmpty ? "/api/v1" : "/apis/\(apiVersion)"
    }

    /// The path of the collection, in one namespace or over all of them.
    package func path(namespace: String? = nil) -> String {
        guard let namespace, isNamespaced else { return "\(pathPrefix)/\(plural)" }
        return "\(pathPrefix)/namespaces/\(namespace)/\(plural)"
    }
}

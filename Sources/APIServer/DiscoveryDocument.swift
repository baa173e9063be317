import KubeAPI

/// The documents by which clients such as kubectl learn what is served.
enum DiscoveryDocument: Hashable {
    case version
    case coreVersions
    case groups
    case group(String)
    case resources(group: String)

    /// The Kubernetes version whose protocol is spoken; clients compare theirs with it.
    static let kubernetesVersion = (major: "1", minor: "34")

    /// The document; its fields have no common type.
    var content: any Encodable {
        switch self {
        case .version: VersionDocument()
        case .coreVersions: VersionsDocument()
        case .groups: GroupListDocument(groups: Self.namedGroups.map(GroupDocument.Group.init))
        case .group(let name): GroupDocument(GroupDocument.Group(name: name))
        case .resources(let group): ResourceListDocument(group: group)
        }
    }

    /// The groups that are served beside the core group.
    static let namedGroups = Set(ResourceKind.allCases.map(\.group)).subtracting([""]).sorted()
}

/// `GET /version`.
private struct VersionDocument: Encodable {
    let major = DiscoveryDocument.kubernetesVersion.major
    let minor = DiscoveryDocument.kubernetesVersion.minor
    let gitVersion =
        "v\(DiscoveryDocument.kubernetesVersion.major)."
        + "\(DiscoveryDocument.kubernetesVersion.minor).0+sluice"
    let platform = "linux"
}

/// `GET /api`.
private struct VersionsDocument: Encodable {
    let kind = "APIVersions"
    let versions = ["v1"]
    let serverAddressByClientCIDRs: [String] = []
}

/// `GET /apis`.
private struct GroupListDocument: Encodable {
    let kind = "APIGroupList"
    let apiVersion = "v1"
    let groups: [GroupDocument.Group]
}

/// `GET /apis/GROUP`.
private struct GroupDocument: Encodable {
    /// One version of a group.
    struct Version: Encodable {
        let groupVersion: String
        let version = "v1"
    }

    /// A group with its versions, of which there is one.
    struct Group: Encodable {
        let name: String
        let versions: [Version]
        let preferredVersion: Version

        init(name: String) {
            self.name = name
            preferredVersion = Version(groupVersion: "\(name)/v1")
            versions = [preferredVersion]
        }
    }

    let kind = "APIGroup"
    let apiVersion = "v1"
    let name: String
    let versions: [Version]
    let preferredVersion: Version

    init(_ group: Group) {
        name = group.name
        versions = group.versions
        preferredVersion = group.preferredVersion
    }
}

/// `GET /api/v1` and `GET /apis/GROUP/v1`.
private struct ResourceListDocument: Encodable {
    /// One kind of object.
    struct Resource: Encodable {
        let name: String
        let singularName: String
        let namespaced: Bool
        let kind: String
        let verbs: [String]
        let shortNames: [String]?

        /// The status of a kind, which clients may write.
        init(statusOf kind: ResourceKind) {
            name = "\(kind.plural)/status"
            singularName = ""
            namespaced = kind.isNamespaced
            self.kind = kind.kind
            verbs = ["get", "patch"]
            shortNames = nil
        }

        init(_ kind: ResourceKind) {
            name = kind.plural
            singularName = kind.singular
            namespaced = kind.isNamespaced
            self.kind = kind.kind
            shortNames = kind.shortNames.isEmpty ? nil : kind.shortNames
            verbs =
                ["get", "list", "watch"]
                + (kind.isWrittenByClients ? ["create", "update", "delete"] : [])
        }
    }

    let kind = "APIResourceList"
    let apiVersion = "v1"
    let groupVersion: String
    let resources: [Resource]

    init(group: String) {
        groupVersion = group.isEmpty ? "v1" : "\(group)/v1"
        resources = ResourceKind.allCases.filter { $0.group == group }.flatMap { kind in
            [Resource(kind)] + (kind == .services ? [Resource(statusOf: kind)] : [])
        }
    }
}

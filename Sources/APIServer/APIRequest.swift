import KubeAPI

/// What a path of the API names.
enum APIRequest: Hashable {
    /// All objects of a kind, in one namespace or over all.
    case collection(ResourceKind, namespace: String?)
    /// One object.
    case object(ObjectKey)
    /// The status of one object, which is written by itself.
    case status(ObjectKey)
    case discovery(DiscoveryDocument)
    /// Whether the process lives, or is ready to answer.
    case health(isAboutReadiness: Bool)

    /// Fails for a path that nothing is served at.
    init?(path: String) {
        let parts = path.split(separator: "/").map(String.init)
        if let found = Self.process(parts) {
            self = found
            return
        }
        guard let (group, rest) = Self.group(of: parts) else { return nil }
        guard let found = Self.resource(rest, group: group) else { return nil }
        self = found
    }

    private static func process(_ parts: [String]) -> APIRequest? {
        switch parts {
        case ["healthz"], ["livez"]: .health(isAboutReadiness: false)
        case ["readyz"]: .health(isAboutReadiness: true)
        case ["version"]: .discovery(.version)
        case ["api"]: .discovery(.coreVersions)
        case ["apis"]: .discovery(.groups)
        case ["api", "v1"]: .discovery(.resources(group: ""))
        default: namedGroup(parts)
        }
    }

    /// The discovery of a group other than the core group.
    private static func namedGroup(_ parts: [String]) -> APIRequest? {
        guard parts.count >= 2, parts[0] == "apis",
            DiscoveryDocument.namedGroups.contains(parts[1])
        else { return nil }
        if parts.count == 2 { return .discovery(.group(parts[1])) }
        return parts[2...] == ["v1"] ? .discovery(.resources(group: parts[1])) : nil
    }

    /// The group that a path is in, and what follows its version.
    private static func group(of parts: [String]) -> (group: String, rest: [String])? {
        if parts.starts(with: ["api", "v1"]) { return ("", Array(parts.dropFirst(2))) }
        guard parts.count > 3, parts[0] == "apis", parts[2] == "v1" else { return nil }
        return (parts[1], Array(parts.dropFirst(3)))
    }

    private static func resource(_ parts: [String], group: String) -> APIRequest? {
        let isNamespaced = parts.first == "namespaces" && parts.count >= 3
        let namespace = isNamespaced ? parts[1] : nil
        let rest = isNamespaced ? Array(parts.dropFirst(2)) : parts
        guard let name = rest.first, rest.count <= 3,
            let kind = ResourceKind(rawValue: name), kind.group == group,
            namespace == nil || kind.isNamespaced
        else { return nil }
        guard rest.count > 1 else { return .collection(kind, namespace: namespace) }
        // One object of a namespaced kind is found in its namespace only.
        guard kind.isNamespaced == (namespace != nil) else { return nil }
        let key = ObjectKey(kind: kind, namespace: namespace ?? "", name: rest[1])
        guard rest.count == 3 else { return .object(key) }
        return kind == .services && rest[2] == "status" ? .status(key) : nil
    }
}

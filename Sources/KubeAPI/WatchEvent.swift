/// One line of a watch: `{"type":"ADDED","object":…}`.
package enum WatchEvent<Object: Codable & Hashable & Sendable>: Hashable, Sendable {
    case added(Object)
    case modified(Object)
    case deleted(Object)
    /// Nothing changed up to this revision.
    case bookmark(Bookmark)
    /// The watch is over, for example with code 410 when its revision is too old.
    case error(StatusObject)

    /// What Kubernetes writes as `type`.
    package var type: String {
        switch self {
        case .added: "ADDED"
        case .modified: "MODIFIED"
        case .deleted: "DELETED"
        case .bookmark: "BOOKMARK"
        case .error: "ERROR"
        }
    }

    /// The changed object, if this is about one.
    package var object: Object? {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object): object
        case .bookmark, .error: nil
        }
    }
}

extension WatchEvent: Codable {
    private enum CodingKeys: String, CodingKey {
        case type
        case object
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        switch type {
        case "ADDED": self = .added(try container.decode(Object.self, forKey: .object))
        case "MODIFIED": self = .modified(try container.decode(Object.self, forKey: .object))
        case "DELETED": self = .deleted(try container.decode(Object.self, forKey: .object))
        case "BOOKMARK": self = .bookmark(try container.decode(Bookmark.self, forKey: .object))
        case "ERROR": self = .error(try container.decode(StatusObject.self, forKey: .object))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: container, debugDescription: "unknown watch event \(type)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        switch self {
        case .added(let object), .modified(let object), .deleted(let object):
            try container.encode(object, forKey: .object)
        case .bookmark(let bookmark): try container.encode(bookmark, forKey: .object)
        case .error(let status): try container.encode(status, forKey: .object)
        }
    }
}

/// An object of which only the revision counts: the watch has seen everything up to it.
package struct Bookmark: Codable, Hashable, Sendable {
    package var apiVersion: String?
    package var kind: String?
    package var metadata: ObjectMeta

    /// A bookmark at this revision.
    package init(resource: ResourceKind, resourceVersion: String) {
        apiVersion = resource.apiVersion
        kind = resource.kind
        metadata = ObjectMeta(resourceVersion: resourceVersion)
    }

    /// Whether this one ends the first list of a watch with `sendInitialEvents` (KEP-3157).
    package var endsInitialEvents: Bool {
        metadata.annotations?["k8s.io/initial-events-end"] == "true"
    }
}

package import KubeAPI

/// What is asked of a list.
package struct ListRequest: Sendable {
    /// Which kind of object.
    package var kind: ResourceKind
    /// Only objects of this namespace.
    package var namespace: String?
    /// Objects at most; `nil` for all.
    package var limit: Int?
    /// The token of the page before.
    package var continueToken: String?
    /// Only these objects.
    package var isIncluded: (@Sendable (ClusterObject) -> Bool)?

    /// A list of all objects of a kind.
    package init(_ kind: ResourceKind, namespace: String? = nil) {
        self.kind = kind
        self.namespace = namespace
    }
}

/// One page of a list; all pages show the same revision.
package struct ListPage: Sendable {
    /// Ordered by namespace and name.
    package let objects: [StoredObject]
    /// The store's when the list was begun.
    package let revision: Revision
    /// Asks for the next page; `nil` on the last.
    package let continueToken: String?
    /// How many objects follow; `nil` when only some are included.
    package let remainingCount: Int?
}

/// All objects of a kind at a revision, ordered by namespace and name.
struct ListSnapshot: Sendable {
    let kind: ResourceKind
    let revision: Revision
    let objects: [StoredObject]

    /// The page that begins at this offset, and the offset of the next.
    func page(from start: Int, for request: ListRequest) -> (objects: [StoredObject], end: Int) {
        var found: [StoredObject] = []
        var index = start
        while index < objects.count, found.count < request.limit ?? .max {
            let candidate = objects[index]
            index += 1
            if let namespace = request.namespace, candidate.key.namespace != namespace { continue }
            if let isIncluded = request.isIncluded, !isIncluded(candidate.object) { continue }
            found.append(candidate)
        }
        return (found, index)
    }
}

/// Where a list goes on; travels as text that clients do not look into.
struct ContinueToken: Hashable {
    let kind: ResourceKind
    let revision: Revision
    let offset: Int

    init(kind: ResourceKind, revision: Revision, offset: Int) {
        self.kind = kind
        self.revision = revision
        self.offset = offset
    }

    /// Fails for text that is not a token.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = ResourceKind(rawValue: String(parts[0])),
            let revision = Revision(parts[1]), let offset = Int(parts[2]), offset >= 0
        else { return nil }
        self.init(kind: kind, revision: revision, offset: offset)
    }

    var text: String { "\(kind.rawValue).\(revision).\(offset)" }
}

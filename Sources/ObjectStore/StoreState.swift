import KubeAPI

/// The store's content as a value: objects, revisions, history and begun lists.
struct StoreState: Sendable {
    private let limits: StoreLimits
    private(set) var revision: Revision
    private(set) var objects: [ResourceKind: [ObjectKey: StoredObject]] = [:]
    private var logs: [ResourceKind: ChangeLog] = [:]
    /// The newest ordered list of each kind; valid until the kind changes.
    private var newest: [ResourceKind: [StoredObject]] = [:]
    /// Lists that were begun, oldest first.
    private var begun: [ListSnapshot] = []
    /// The last change of each kind.
    private(set) var changed: [ResourceKind: Revision] = [:]

    init(startingAfter revision: Revision, limits: StoreLimits) {
        self.revision = revision
        self.limits = limits
        for kind in ResourceKind.allCases {
            logs[kind] = ChangeLog(capacity: limits.changesKept, startingAfter: revision)
        }
    }

    func object(_ key: ObjectKey) -> StoredObject? { objects[key.kind]?[key] }

    /// Adds or replaces an object; says whether that changed anything.
    mutating func put(
        _ object: ClusterObject, expecting expectation: ObjectStore.Expectation
    ) throws(ObjectStoreError) -> (stored: StoredObject, isNews: Bool) {
        let key = object.key
        guard !key.name.isEmpty else {
            throw ObjectStoreError(
                code: .unnamed, subject: key.kind.kind, detail: "metadata.name is missing")
        }
        let previous = self.object(key)
        try check(expectation, of: key, previous)
        var candidate = object
        if let previous {
            candidate.metadata.resourceVersion = String(previous.revision)
            if candidate == previous.object { return (previous, false) }
        }
        let stored = stamped(candidate)
        objects[key.kind, default: [:]][key] = stored
        let action = previous == nil ? StoreChange.Action.added : .modified
        log(StoreChange(action: action, object: stored, previous: previous))
        return (stored, true)
    }

    /// Removes an object.
    mutating func delete(_ key: ObjectKey) throws(ObjectStoreError) -> StoredObject {
        guard let previous = object(key) else { throw .notFound(key) }
        let last = stamped(previous.object)
        objects[key.kind]?[key] = nil
        log(StoreChange(action: .deleted, object: last, previous: previous))
        return last
    }

    func changes(
        of kind: ResourceKind, after start: Revision
    ) throws(ObjectStoreError) -> (changes: [StoreChange], current: Revision) {
        guard start <= revision else {
            throw .expired(kind, "revision \(start) is not one of this store")
        }
        guard let found = logs[kind]?.changes(after: start, limit: limits.changesAtOnce) else {
            throw .expired(kind, "too old resource version: \(start) (\(revision))")
        }
        return (Array(found), revision)
    }

    /// The ordered list of a kind, if it was made since the kind's last change.
    func ordered(_ kind: ResourceKind) -> [StoredObject]? { newest[kind] }

    /// Keeps an ordered list for the next that asks, unless the kind has changed since.
    mutating func keepOrdered(
        _ objects: [StoredObject], of kind: ResourceKind, changedAt change: Revision?
    ) {
        if changed[kind] == change { newest[kind] = objects }
    }

    /// The snapshot of a list that goes on.
    func snapshot(_ token: ContinueToken) -> ListSnapshot? {
        begun.first { $0.revision == token.revision && $0.kind == token.kind }
    }

    /// Keeps a list that was begun; the oldest goes when there are too many.
    mutating func keepBegun(_ snapshot: ListSnapshot) {
        let isKept = begun.contains {
            $0.revision == snapshot.revision && $0.kind == snapshot.kind
        }
        guard !isKept else { return }
        begun.append(snapshot)
        if begun.count > limits.snapshotsKept { begun.removeFirst() }
    }

    private mutating func stamped(_ object: ClusterObject) -> StoredObject {
        revision += 1
        var object = object
        object.metadata.resourceVersion = String(revision)
        return StoredObject(object, revision: revision)
    }

    private mutating func log(_ change: StoreChange) {
        let kind = change.object.key.kind
        logs[kind]?.append(change)
        changed[kind] = revision
        newest[kind] = nil
    }

    private func check(
        _ expectation: ObjectStore.Expectation, of key: ObjectKey, _ previous: StoredObject?
    ) throws(ObjectStoreError) {
        switch (expectation, previous) {
        case (.anything, _), (.absent, nil): return
        case (.absent, .some):
            throw ObjectStoreError(
                code: .alreadyExists, subject: key.description, detail: "already exists")
        case (.revision, nil): throw .notFound(key)
        case (.revision(let expected), .some(let previous)):
            guard previous.revision != expected else { return }
            throw ObjectStoreError(
                code: .conflict, subject: key.description,
                detail: "the object has been modified; apply the change to its latest version")
        }
    }
}

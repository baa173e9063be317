package import KubeAPI
import Synchronization

/// All objects, their revisions, and the changes that led here.
///
/// Every call is a short critical section without waiting; whoever wants to wait for changes
/// watches. Nothing here knows where objects come from: manifests, or clients, who say what they
/// believe to replace.
package final class ObjectStore: Sendable {
    /// What a writer believes about the object it replaces.
    package enum Expectation: Hashable, Sendable {
        case anything
        case absent
        /// The object has not changed since this revision.
        case revision(Revision)
    }

    private let hub = WatchHub()
    private let state: Mutex<StoreState>

    /// An empty store.
    package init(
        startingAfter revision: Revision = .ofThisMoment(), limits: StoreLimits = StoreLimits()
    ) {
        state = Mutex(StoreState(startingAfter: revision, limits: limits))
    }

    /// The revision of the last change.
    package var revision: Revision { state.withLock { $0.revision } }

    /// How many watches are open.
    package var watcherCount: Int { hub.watcherCount }

    /// How many objects of a kind there are.
    package func count(of kind: ResourceKind) -> Int {
        state.withLock { $0.objects[kind]?.count ?? 0 }
    }

    /// The object as it is now.
    package func object(_ key: ObjectKey) -> StoredObject? {
        state.withLock { $0.object(key) }
    }

    /// Adds or replaces an object, at a new revision; one that says the same as what is stored
    /// changes nothing.
    @discardableResult
    package func put(
        _ object: ClusterObject, expecting expectation: Expectation = .anything
    ) throws(ObjectStoreError) -> StoredObject {
        let (stored, isNews) = try state.withLock { state throws(ObjectStoreError) in
            try state.put(object, expecting: expectation)
        }
        if isNews { hub.wake(stored.key.kind) }
        return stored
    }

    /// Removes an object and returns it as it was last, at the deletion's revision.
    @discardableResult
    package func delete(_ key: ObjectKey) throws(ObjectStoreError) -> StoredObject {
        let last = try state.withLock { state throws(ObjectStoreError) in try state.delete(key) }
        hub.wake(key.kind)
        return last
    }

    /// All objects of a kind, or one page of them.
    package func list(_ request: ListRequest) throws(ObjectStoreError) -> ListPage {
        let (snapshot, start) = try snapshot(for: request)
        let (objects, end) = snapshot.page(from: start, for: request)
        guard end < snapshot.objects.count else {
            return ListPage(
                objects: objects, revision: snapshot.revision, continueToken: nil,
                remainingCount: nil)
        }
        state.withLock { $0.keepBegun(snapshot) }
        let token = ContinueToken(
            kind: request.kind, revision: snapshot.revision, offset: end)
        let isWhole = request.namespace == nil && request.isIncluded == nil
        return ListPage(
            objects: objects, revision: snapshot.revision, continueToken: token.text,
            remainingCount: isWhole ? snapshot.objects.count - end : nil)
    }

    /// The changes of a kind after a revision.
    ///
    /// Fails with `expired` for a revision that the history does not reach back to, and for one
    /// that does not exist yet: it is another store's.
    package func watch(
        _ kind: ResourceKind, after revision: Revision
    ) throws(ObjectStoreError) -> StoreWatch {
        // Subscribing first: a change in between wakes the new watch.
        let watch = StoreWatch(store: self, hub: hub, kind: kind, after: revision)
        _ = try changes(of: kind, after: revision)
        return watch
    }

    func changes(
        of kind: ResourceKind, after revision: Revision
    ) throws(ObjectStoreError) -> (changes: [StoreChange], current: Revision) {
        try state.withLock { state throws(ObjectStoreError) in
            try state.changes(of: kind, after: revision)
        }
    }

    /// The snapshot that a page is cut from, and where.
    private func snapshot(
        for request: ListRequest
    ) throws(ObjectStoreError) -> (ListSnapshot, start: Int) {
        guard let text = request.continueToken else { return (current(request.kind), 0) }
        guard let token = ContinueToken(text), token.kind == request.kind else {
            throw ObjectStoreError(
                code: .malformedToken, subject: request.kind.plural,
                detail: "the continue token is not one of this list")
        }
        guard let found = state.withLock({ $0.snapshot(token) }) else {
            throw .expired(request.kind, "the list is no longer kept; begin it again")
        }
        return (found, token.offset)
    }

    /// All objects of a kind now; sorted outside the lock, because sorting takes long.
    private func current(_ kind: ResourceKind) -> ListSnapshot {
        let (ordered, all, change, revision) = state.withLock { state in
            let ordered = state.ordered(kind)
            let all = ordered == nil ? Array((state.objects[kind] ?? [:]).values) : []
            return (ordered, all, state.changed[kind], state.revision)
        }
        if let ordered { return ListSnapshot(kind: kind, revision: revision, objects: ordered) }
        let sorted = all.sorted { $0.key < $1.key }
        state.withLock { $0.keepOrdered(sorted, of: kind, changedAt: change) }
        return ListSnapshot(kind: kind, revision: revision, objects: sorted)
    }
}

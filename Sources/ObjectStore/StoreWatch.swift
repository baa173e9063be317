import KubeAPI

/// The changes of one kind after a revision, in order and without gaps.
///
/// Wait on `wakeUps`, then call `next` until it returns nothing:
///
///     for await _ in watch.wakeUps {
///         while case let changes = try watch.next(), !changes.isEmpty { … }
///     }
package struct StoreWatch: Sendable {
    private let store: ObjectStore
    private let kind: ResourceKind
    /// Everything up to here has been handed out.
    package private(set) var revision: Revision
    /// One element for each time there may be something to do; the first comes at once.
    package let wakeUps: AsyncStream<Void>
    private let wakeContinuation: AsyncStream<Void>.Continuation

    init(store: ObjectStore, hub: WatchHub, kind: ResourceKind, after revision: Revision) {
        self.store = store
        self.kind = kind
        self.revision = revision
        (wakeUps, wakeContinuation) = hub.subscribe(to: kind)
        wakeContinuation.yield()
    }

    /// Wakes the watch from outside, for example when time for a bookmark has come.
    package func wake() {
        wakeContinuation.yield()
    }

    /// Ends `wakeUps`.
    package func end() {
        wakeContinuation.finish()
    }

    /// The next changes, none when there are no more at the moment.
    ///
    /// Fails with `expired` when the watcher was too slow and changes are gone.
    package mutating func next() throws(ObjectStoreError) -> [StoreChange] {
        let (changes, current) = try store.changes(of: kind, after: revision)
        revision = changes.last?.revision ?? current
        return changes
    }
}

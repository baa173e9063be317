import Hummingbird
import KubeAPI
import NIOCore
import ObjectStore
import ServiceLifecycle

/// Streams the changes of a collection until the time is over, the client goes, or the process
/// ends.
struct WatchResponse: Sendable {
    private let kind: ResourceKind
    private let query: CollectionQuery
    private let filter: WatchFilter
    private let watch: StoreWatch
    private let initial: ListPage?
    private let bookmarkInterval: Duration

    /// Begins a watch; fails when its revision is not in the history.
    init(
        _ kind: ResourceKind, namespace: String?, query: CollectionQuery, store: ObjectStore,
        bookmarkInterval: Duration
    ) throws(StatusObject) {
        self.kind = kind
        self.query = query
        self.bookmarkInterval = bookmarkInterval
        filter = WatchFilter(namespace: namespace, isIncluded: query.filter)
        do throws(ObjectStoreError) {
            if let revision = query.revision, !query.sendsInitialEvents {
                initial = nil
                watch = try store.watch(kind, after: revision)
            } else {
                var request = ListRequest(kind, namespace: namespace)
                request.isIncluded = query.filter
                let page = try store.list(request)
                initial = page
                watch = try store.watch(kind, after: page.revision)
            }
        } catch {
            throw StatusObject(error)
        }
    }

    /// The answer; its body lasts as long as the watch.
    var response: Response {
        .json(
            ResponseBody { writer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await keepTime() }
                    group.addTask {
                        try? await gracefulShutdown()
                        watch.end()
                    }
                    var events = WatchEvents(
                        kind: kind, watch: watch, filter: filter, initial: initial,
                        endsInitialEvents: query.sendsInitialEvents,
                        bookmarkInterval: query.allowsBookmarks ? bookmarkInterval : nil)
                    // What is not written yet is not taken from the store: the back-pressure.
                    while let piece = try await events.next() { try await writer.write(piece) }
                    group.cancelAll()
                }
                try await writer.finish(nil)
            })
    }

    /// Wakes the watch for bookmarks, and ends it in time.
    private func keepTime() async throws {
        let end = ContinuousClock.now + .seconds(query.timeoutSeconds)
        while .now < end {
            try await Task.sleep(until: min(end, .now + bookmarkInterval))
            watch.wake()
        }
        watch.end()
    }
}

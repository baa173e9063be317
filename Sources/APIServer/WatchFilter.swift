import KubeAPI
import ObjectStore

/// Which events a watcher with selectors sees of a change.
struct WatchFilter: Sendable {
    private let namespace: String?
    private let isIncluded: (@Sendable (ClusterObject) -> Bool)?

    init(namespace: String?, isIncluded: (@Sendable (ClusterObject) -> Bool)?) {
        self.namespace = namespace
        self.isIncluded = isIncluded
    }

    /// The event's type; `nil` when the change is not this watcher's concern.
    ///
    /// To someone who selects by labels, an object that loses them is deleted, and one that
    /// gains them is new.
    func type(of change: StoreChange) -> String? {
        if let namespace, change.object.key.namespace != namespace { return nil }
        let was = change.previous.map { includes($0.object) } ?? false
        let isNow = change.action != .deleted && includes(change.object.object)
        switch (was, isNow) {
        case (false, false): return nil
        case (false, true): return "ADDED"
        case (true, true): return "MODIFIED"
        case (true, false): return "DELETED"
        }
    }

    private func includes(_ object: ClusterObject) -> Bool { isIncluded?(object) ?? true }
}

/// The last changes of one kind of object, oldest first.
///
/// It is every watcher's buffer at once: a watcher holds nothing but the revision it has come
/// to, and one that is too slow finds that the log no longer reaches back to it.
struct ChangeLog: Sendable {
    /// How many changes are kept at least, unless there were fewer.
    let capacity: Int
    /// Ordered by revision; grows to twice the capacity before the older half goes, so that
    /// adding costs the same however long the log is.
    private var changes: [StoreChange] = []
    /// Changes up to this revision may be missing.
    private(set) var droppedThrough: Revision

    init(capacity: Int, startingAfter revision: Revision) {
        precondition(capacity > 0)
        self.capacity = capacity
        droppedThrough = revision
    }

    /// Adds a change; its revision must be above all others.
    mutating func append(_ change: StoreChange) {
        precondition(change.revision > (changes.last?.revision ?? droppedThrough))
        changes.append(change)
        guard changes.count >= 2 * capacity else { return }
        droppedThrough = changes[changes.count - capacity - 1].revision
        changes.removeFirst(changes.count - capacity)
    }

    /// At most `limit` changes above `revision`; `nil` when some of them are gone.
    func changes(after revision: Revision, limit: Int) -> ArraySlice<StoreChange>? {
        guard revision >= droppedThrough else { return nil }
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return changes[low...].prefix(limit)
    }
}

import KubeAPI
import NIOCore
import ObjectStore

/// The lines of one watch, some at a time, as they become known.
struct WatchEvents {
    /// Bytes gathered of the objects there are before they are handed on.
    private static let pieceBytes = 256 << 10

    private let kind: ResourceKind
    private let filter: WatchFilter
    private let bookmarkInterval: Duration?
    private let endsInitialEvents: Bool
    private var watch: StoreWatch
    private var wakeUps: AsyncStream<Void>.Iterator
    /// Objects that are there already and not told yet.
    private var initial: ArraySlice<StoredObject>?
    private let initialRevision: Revision
    private var isCaughtUp = true
    private var isOver = false
    private var lastPiece = ContinuousClock.now

    /// The lines of a watch; without `bookmarkInterval` for a client that asked for none.
    init(
        kind: ResourceKind, watch: StoreWatch, filter: WatchFilter, initial: ListPage?,
        endsInitialEvents: Bool, bookmarkInterval: Duration?
    ) {
        self.kind = kind
        self.watch = watch
        self.filter = filter
        self.initial = initial.map { $0.objects[...] }
        initialRevision = initial?.revision ?? watch.revision
        self.endsInitialEvents = endsInitialEvents
        self.bookmarkInterval = bookmarkInterval
        wakeUps = watch.wakeUps.makeAsyncIterator()
    }

    /// The next lines, `nil` at the end; waits until there are some.
    mutating func next() async throws -> ByteBuffer? {
        var buffer = ByteBuffer()
        try appendInitial(to: &buffer)
        while buffer.readableBytes == 0 {
            if isOver { return nil }
            if isCaughtUp {
                guard await wakeUps.next(isolation: #isolation) != nil else { return nil }
            }
            try appendChanges(to: &buffer)
            if isCaughtUp, buffer.readableBytes == 0 { try appendDueBookmark(to: &buffer) }
        }
        lastPiece = .now
        return buffer
    }

    private mutating func appendInitial(to buffer: inout ByteBuffer) throws {
        guard initial != nil else { return }
        while buffer.readableBytes < Self.pieceBytes, let object = initial?.popFirst() {
            ObjectEncoding.line("ADDED", try ObjectEncoding.bytes(of: object), into: &buffer)
        }
        guard initial?.isEmpty == true else { return }
        initial = nil
        if endsInitialEvents, bookmarkInterval != nil {
            try appendBookmark(at: initialRevision, endsInitialEvents: true, to: &buffer)
        }
    }

    private mutating func appendChanges(to buffer: inout ByteBuffer) throws {
        let changes: [StoreChange]
        do throws(ObjectStoreError) {
            changes = try watch.next()
        } catch {
            // Too slow: the client must list again, and is told so.
            let status = try ObjectEncoding.buffer(of: StatusObject(error))
            ObjectEncoding.line("ERROR", Array(status.readableBytesView), into: &buffer)
            isOver = true
            return
        }
        isCaughtUp = changes.isEmpty
        for change in changes {
            guard let type = filter.type(of: change) else { continue }
            ObjectEncoding.line(type, try ObjectEncoding.bytes(of: change.object), into: &buffer)
        }
    }

    private func appendDueBookmark(to buffer: inout ByteBuffer) throws {
        // The clock that wakes us runs by itself: a little early is due.
        guard let bookmarkInterval, .now - lastPiece >= bookmarkInterval * 0.9 else { return }
        try appendBookmark(at: watch.revision, to: &buffer)
    }

    private func appendBookmark(
        at revision: Revision, endsInitialEvents: Bool = false, to buffer: inout ByteBuffer
    ) throws {
        var bookmark = Bookmark(resource: kind, resourceVersion: String(revision))
        if endsInitialEvents {
            bookmark.metadata.annotations = ["k8s.io/initial-events-end": "true"]
        }
        let bytes = try ObjectEncoding.buffer(of: bookmark)
        ObjectEncoding.line("BOOKMARK", Array(bytes.readableBytesView), into: &buffer)
    }
}

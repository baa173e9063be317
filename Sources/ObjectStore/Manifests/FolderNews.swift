import Synchronization

/// Wakes the loop that follows folders, and knows whether it has to look at them.
final class FolderNews: Sendable {
    /// One element for whatever there is to do, however much.
    let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let isWaiting = Mutex(false)

    init() {
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Something in a folder may have changed.
    func look() {
        isWaiting.withLock { $0 = true }
        wake.yield()
    }

    /// There is something to do that is not in a folder.
    func nudge() { wake.yield() }

    /// Whether anything in a folder may have changed since this was last asked.
    func take() -> Bool {
        isWaiting.withLock { isWaiting in
            defer { isWaiting = false }
            return isWaiting
        }
    }

    /// Nothing more is told.
    func end() { wake.finish() }
}

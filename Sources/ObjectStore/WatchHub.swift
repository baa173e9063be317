import KubeAPI
import Synchronization

/// Wakes the watchers of a kind; what changed they read from the log.
final class WatchHub: Sendable {
    private struct State {
        var nextID = 0
        var watchers: [ResourceKind: [Int: AsyncStream<Void>.Continuation]] = [:]
    }

    private let state = Mutex(State())

    /// How many watches are open.
    var watcherCount: Int {
        state.withLock { $0.watchers.values.reduce(0) { $0 + $1.count } }
    }

    /// A stream of wake-ups; several that nobody has seen yet are one.
    func subscribe(
        to kind: ResourceKind
    ) -> (wakeUps: AsyncStream<Void>, wake: AsyncStream<Void>.Continuation) {
        let (stream, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextID += 1
            state.watchers[kind, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.watchers[kind]?[id] = nil }
        }
        return (stream, continuation)
    }

    /// Wakes all watchers of a kind.
    func wake(_ kind: ResourceKind) {
        let waiting = state.withLock { Array(($0.watchers[kind] ?? [:]).values) }
        for continuation in waiting { continuation.yield() }
    }
}

import Synchronization
import TableSync

/// The connections of each frontend and backend as Prometheus' text, read from the kernel when
/// somebody asks.
///
/// No scrape takes long: what was read lately is told again, a reading is waited for only so
/// long, and readings take no more than a tenth of the time.
final class ConnectionMetrics: Sendable {
    /// For so long a reading is not repeated.
    static let freshness = Duration.seconds(5)
    /// So long a scrape waits for a reading; then it is told the one before.
    static let patience = Duration.milliseconds(500)

    private struct State {
        var text = ""
        /// From when on the text is too old.
        var outdated: ContinuousClock.Instant?
        var waiters: [AsyncStream<Void>.Continuation] = []

        var isFresh: Bool { outdated.map { ContinuousClock.now < $0 } ?? false }
    }

    private let state = Mutex(State())
    private let requests: AsyncStream<Void>
    private let request: AsyncStream<Void>.Continuation

    /// Nothing has been read.
    init() {
        (requests, request) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reads whenever it is asked for, until the task is cancelled.
    ///
    /// A reading that fails leaves the text as it is.
    func run(_ read: @Sendable () async -> String?) async {
        let clock = ContinuousClock()
        for await _ in requests {
            // Who asked during a reading has been told what it found.
            guard state.withLock({ !$0.isFresh }) else { continue }
            let start = clock.now
            let text = await read()
            let pause = max(Self.freshness, (clock.now - start) * 9)
            let waiters = state.withLock { state in
                if let text { state.text = text }
                state.outdated = clock.now + pause
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.finish() }
        }
    }

    /// The text as it was read lately, or is read within `patience`.
    func text() async -> String {
        let (finished, waiter) = AsyncStream.makeStream(of: Void.self)
        let isFresh = state.withLock { state in
            if state.isFresh { return true }
            state.waiters.append(waiter)
            return false
        }
        if !isFresh {
            request.yield()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in finished {} }
                group.addTask { try? await Task.sleep(for: Self.patience) }
                await group.next()
                group.cancelAll()
            }
        }
        return state.withLock { $0.text }
    }
}

import Netfilter
import Synchronization

/// Deletes the tracked flows of endpoints that are gone, beside the writing of further changes.
///
/// To find them the kernel goes through its whole table, however few flows are in it: 10 ms with
/// the 262,144 buckets that a host of 16 GiB has, 60 ms with 130,000 flows (Linux 6.18,
/// `ctnetlink_dump_table`). So no change waits for it, what comes meanwhile is looked for
/// together, and it takes no more than a tenth of the time.
final class FlowPurge: Sendable {
    /// Even a full table is gone through this often while endpoints keep going.
    static let longestPause = Duration.seconds(1)

    private let waiting = Mutex<[FlowFilter]>([])
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// Starts with nothing to delete.
    init() {
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has these flows deleted soon.
    func add(_ filters: [FlowFilter]) {
        guard !filters.isEmpty else { return }
        waiting.withLock { $0 += filters }
        signal.yield()
    }

    /// Deletes what is asked for until the task is cancelled, and then what is still waiting.
    func run(_ delete: @Sendable ([FlowFilter]) async -> Void) async {
        for await _ in signals {
            let duration = await ContinuousClock().measure { await deleteAll(delete) }
            // A cancelled task does not sleep, and ends the loop.
            try? await Task.sleep(for: min(duration * 9, Self.longestPause))
        }
        await deleteAll(delete)
    }

    private func deleteAll(_ delete: @Sendable ([FlowFilter]) async -> Void) async {
        let filters = waiting.withLock { filters in
            defer { filters = [] }
            return filters
        }
        if !filters.isEmpty { await delete(filters) }
    }
}

import Synchronization

/// Watches over a reader that may hang: the reader says until when it expects its next bytes,
/// and `waitForStall` returns when that moment has passed.
///
/// Only time spent waiting for the server counts; a receiver that takes its time is no stall.
final class StallGuard: Sendable {
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)

    /// The reader waits for bytes from now on.
    func expect(within allowance: Duration) {
        deadline.withLock { $0 = .now + allowance }
    }

    /// The reader has what it waited for.
    func satisfied() {
        deadline.withLock { $0 = nil }
    }

    /// Returns when the reader has waited too long, or when the task is cancelled.
    ///
    /// - Parameter precision: how much later than the deadline it may notice.
    func waitForStall(precision: Duration) async {
        while !Task.isCancelled {
            if let limit = deadline.withLock({ $0 }), limit <= .now { return }
            try? await Task.sleep(for: precision)
        }
    }
}

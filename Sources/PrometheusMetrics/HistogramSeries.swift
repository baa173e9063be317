import CoreMetrics
import Synchronization

/// Counts values by size.
final class HistogramSeries: RecorderHandler, TimerHandler {
    /// For durations, in seconds: a commit to the kernel takes microseconds, a cold start
    /// seconds.
    static let secondsBounds: [Double] = [
        0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01,
        0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// For sizes and counts.
    static let sizeBounds: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 1_000_000,
    ]

    /// What was counted until now.
    struct Counts: Sendable {
        /// One more than there are bounds: the last is for what exceeds them all.
        var perBucket: [UInt64]
        var sum = 0.0

        var total: UInt64 { perBucket.reduce(0, +) }
    }

    /// Each bucket holds the values up to its bound, the bound included.
    let bounds: [Double]
    private let counts: Mutex<Counts>

    /// An empty histogram; `bounds` must ascend.
    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Mutex(Counts(perBucket: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// The counts now.
    var current: Counts { counts.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts.withLock {
            $0.perBucket[bucket] += 1
            $0.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}

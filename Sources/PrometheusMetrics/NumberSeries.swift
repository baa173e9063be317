import CoreMetrics
import Synchronization

/// One number that goes up (a counter) or up and down (a gauge).
///
/// A `Double` counts exactly to 2⁵³, which is also what Prometheus can read.
final class NumberSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler,
    RecorderHandler
{
    private let number = Mutex<Double>(0)

    /// The number now.
    var value: Double { number.withLock { $0 } }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    func increment(by amount: Double) { number.withLock { $0 += amount } }

    func decrement(by amount: Double) { number.withLock { $0 -= amount } }

    func reset() { number.withLock { $0 = 0 } }

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { number.withLock { $0 = value } }

    func record(_ value: Int64) { set(Double(value)) }

    func record(_ value: Double) { set(value) }
}

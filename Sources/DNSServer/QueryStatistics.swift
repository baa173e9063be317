import CoreMetrics
import Synchronization

/// What all threads have answered, as metrics.
///
/// The histogram is made of counters, and told as one: the counts come in batches, and the
/// recorders of swift-metrics take one value at a time.
final class QueryStatistics: Sendable {
    private struct Key: Hashable {
        let transport: QueryTransport
        let place: Int
    }

    private let answers = Mutex<[Key: Counter]>([:])
    private let durationCount = Counter(label: "sluice_dns_duration_seconds_count")
    private let durationSum = FloatingPointCounter(label: "sluice_dns_duration_seconds_sum")
    private let truncated = Counter(label: "sluice_dns_truncated_answers_total")
    private let dropped = Counter(label: "sluice_dns_dropped_messages_total")
    private let limited = Counter(label: "sluice_dns_rate_limited_total")
    private let buckets = (QueryTally.bounds.map { "\($0)" } + ["+Inf"]).map {
        Counter(label: "sluice_dns_duration_seconds_bucket", dimensions: [("le", $0)])
    }

    /// Adds what one thread has counted.
    func add(_ tally: QueryTally, over transport: QueryTransport) {
        guard !tally.isEmpty else { return }
        answers.withLock { answers in
            for (place, count) in tally.answers.enumerated() where count > 0 {
                let key = Key(transport: transport, place: place)
                let counter = answers[key] ?? Self.counter(key)
                answers[key] = counter
                counter.increment(by: Int(count))
            }
        }
        var cumulated: UInt64 = 0
        for (bucket, count) in zip(buckets, tally.durations) {
            cumulated += count
            bucket.increment(by: Int(cumulated))
        }
        durationCount.increment(by: Int(cumulated))
        durationSum.increment(by: Double(tally.nanoseconds) / 1e9)
        truncated.increment(by: Int(tally.truncated))
        dropped.increment(by: Int(tally.dropped))
        limited.increment(by: Int(tally.limited))
    }

    private static func counter(_ key: Key) -> Counter {
        let row = key.place / QueryTally.columns
        let column = key.place % QueryTally.columns
        let type = row < QueryTally.types.count ? "\(QueryTally.types[row])" : QueryTally.others
        let result =
            column < QueryTally.codes.count ? "\(QueryTally.codes[column])" : QueryTally.others
        return Counter(
            label: "sluice_dns_queries_total",
            dimensions: [
                ("type", type), ("result", result), ("transport", key.transport.rawValue),
            ])
    }
}

import CoreMetrics
import DNSForwarding

/// What the forwarder has counted, as metrics: it counts up by itself, and the differences are
/// added here.
struct ForwardingMetrics {
    /// The help texts by name.
    static let help = [
        "sluice_dns_cache_hits_total": "Forwarded questions answered from the cache, in time.",
        "sluice_dns_cache_stale_total":
            "Forwarded questions answered from the cache past its time: servers failed.",
        "sluice_dns_cache_misses_total": "Forwarded questions that the cache did not answer.",
        "sluice_dns_cache_evictions_total": "Answers that left the cache for want of room.",
        "sluice_dns_cache_entries": "Answers in the cache.",
        "sluice_dns_cache_bytes": "Estimated memory of the cache.",
        "sluice_dns_forward_joined_total":
            "Forwarded questions that waited for an equal one's answer.",
        "sluice_dns_forward_overloaded_total":
            "Forwarded questions refused because too many waited.",
        "sluice_dns_forward_failures_total": "Forwarded questions that no server answered.",
        "sluice_dns_forward_in_flight": "Questions that wait for upstream servers.",
        "sluice_dns_upstream_exchanges_total": "Messages sent, by upstream server.",
        "sluice_dns_upstream_answers_total": "Answers, by upstream server.",
        "sluice_dns_upstream_failures_total": "Failures, by upstream server and reason.",
        "sluice_dns_upstream_answer_seconds_total": "Time waited for answers, by server.",
    ]

    private let hits = Counter(label: "sluice_dns_cache_hits_total")
    private let stale = Counter(label: "sluice_dns_cache_stale_total")
    private let misses = Counter(label: "sluice_dns_cache_misses_total")
    private let evictions = Counter(label: "sluice_dns_cache_evictions_total")
    private let entries = Gauge(label: "sluice_dns_cache_entries")
    private let bytes = Gauge(label: "sluice_dns_cache_bytes")
    private let joined = Counter(label: "sluice_dns_forward_joined_total")
    private let overloaded = Counter(label: "sluice_dns_forward_overloaded_total")
    private let failures = Counter(label: "sluice_dns_forward_failures_total")
    private let inFlight = Gauge(label: "sluice_dns_forward_in_flight")
    private var last: ForwardingCounters?

    /// Takes what has been counted until now.
    mutating func take(_ counters: ForwardingCounters) {
        hits.add(counters.hits, after: last?.hits ?? 0)
        stale.add(counters.staleAnswers, after: last?.staleAnswers ?? 0)
        misses.add(counters.misses, after: last?.misses ?? 0)
        evictions.add(counters.evictions, after: last?.evictions ?? 0)
        joined.add(counters.joined, after: last?.joined ?? 0)
        overloaded.add(counters.overloaded, after: last?.overloaded ?? 0)
        failures.add(counters.failures, after: last?.failures ?? 0)
        entries.record(counters.cachedAnswers)
        bytes.record(counters.cachedBytes)
        inFlight.record(counters.questionsInFlight)
        for (server, counts) in counters.servers {
            take(counts, after: last?.servers[server], of: "\(server)")
        }
        last = counters
    }

    private func take(_ counts: ServerCounters, after last: ServerCounters?, of server: String) {
        let dimensions = [("server", server)]
        Counter(label: "sluice_dns_upstream_exchanges_total", dimensions: dimensions)
            .add(counts.exchanges, after: last?.exchanges ?? 0)
        Counter(label: "sluice_dns_upstream_answers_total", dimensions: dimensions)
            .add(counts.answers, after: last?.answers ?? 0)
        FloatingPointCounter(
            label: "sluice_dns_upstream_answer_seconds_total", dimensions: dimensions
        ).increment(by: (counts.answerDuration - (last?.answerDuration ?? .zero)) / .seconds(1))
        for (reason, count) in counts.failures {
            Counter(
                label: "sluice_dns_upstream_failures_total",
                dimensions: dimensions + [("reason", reason)]
            ).add(count, after: last?.failures[reason] ?? 0)
        }
    }
}

extension Counter {
    /// Adds what a number has grown by.
    fileprivate func add(_ number: UInt64, after last: UInt64) {
        if number > last { increment(by: Int(number - last)) }
    }
}

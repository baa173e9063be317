import CoreMetrics
import DNSForwarding
import Synchronization

/// The server's metrics besides those of queries, named as Prometheus wants them.
final class ServerMetrics: Sendable {
    private let services = Gauge(label: "sluice_dns_services")
    private let connected = Gauge(label: "sluice_dns_api_connected")
    private let publications = Counter(label: "sluice_dns_publications_total")
    private let arrival = Timer(label: "sluice_dns_arrival_to_answer_seconds")
    private let connections = Gauge(label: "sluice_dns_tcp_connections")
    private let forwarded = Mutex(ForwardingMetrics())

    /// The help texts by name.
    static let help = [
        "sluice_dns_queries_total": "Queries answered, by type, result and transport.",
        "sluice_dns_duration_seconds": "From a query's arrival to its answer.",
        "sluice_dns_truncated_answers_total": "Answers that did not fit a datagram.",
        "sluice_dns_dropped_messages_total": "Messages that are no queries.",
        "sluice_dns_rate_limited_total":
            "Queries cut short or not answered: their client asks too often.",
        "sluice_dns_services": "Services that have names.",
        "sluice_dns_api_connected": "1 while changes arrive from the API.",
        "sluice_dns_publications_total": "Times that names were changed.",
        "sluice_dns_arrival_to_answer_seconds":
            "From a change's arrival to the moment it is answered.",
        "sluice_dns_tcp_connections": "TCP connections that are open.",
    ].merging(ForwardingMetrics.help) { own, _ in own }

    /// Names were changed, this long after the first of the changes arrived.
    func published(after wait: Duration) {
        publications.increment()
        arrival.recordNanoseconds(wait.nanoseconds)
    }

    /// How many Services have names.
    func counted(services count: Int) { services.record(count) }

    /// Whether changes of all kinds arrive.
    func connected(_ isConnected: Bool) { connected.record(isConnected ? 1 : 0) }

    /// How many connections there are, and what was forwarded.
    func state(connections count: Int, _ counters: ForwardingCounters) {
        connections.record(count)
        forwarded.withLock { $0.take(counters) }
    }
}

extension Duration {
    /// The duration in nanoseconds.
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

import HostJournal
import Logging
import Netfilter
import TableSync

/// What the kernel's connection tracking has to do with a balancer.
extension LoadBalancer {
    /// Has closed connections forgotten in the time that was configured.
    func limitTimeWait() async {
        // The settings are there once the kernel tracks connections, which asking brings about.
        _ = try? await cleaner.usage()
        do {
            try await journal.limitTimeWait(
                seconds: configuration.timeWait.map { Int($0 / .seconds(1)) })
        } catch {
            logger.warning(
                "closed connections are remembered as long as the kernel does by itself",
                metadata: ["error": "\(error)"])
        }
    }

    /// How full the kernel's table of connections is, as Prometheus reads it; nothing if it cannot
    /// be read.
    package func trackingMetrics() async -> String {
        guard let usage = try? await cleaner.usage() else { return "" }
        return MetricText.gauge(
            "sluice_balancer_tracked_flows", "Connections that the kernel tracks.", usage.count)
            + MetricText.gauge(
                "sluice_balancer_tracked_flows_limit",
                "How many it may track; packets of further ones are dropped.", usage.limit)
    }
}

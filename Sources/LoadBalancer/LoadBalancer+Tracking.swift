import HostJournal
import Logging
import Netfilter
import TableSync

/// What the kernel's connection tracking has to do with a balancer.
extension LoadBalancer {
    /// Has closed connections forgotten in the time that was configured, until the task is
    /// cancelled.
    func keepTimeWait() async {
        switch configuration.timeWait {
        case .kernels: await limitTimeWait(to: nil)
        case .limited(let seconds): await limitTimeWait(to: seconds)
        case .paced:
            var pace = TimeWaitPace()
            var last: Int?
            repeat {
                let usage = try? await cleaner.usage()
                let seconds =
                    usage.map { pace.next(count: $0.count, limit: $0.limit) } ?? last
                    ?? TimeWaitPace.longest
                if seconds != last { await limitTimeWait(to: seconds) }
                last = seconds
            } while (try? await Task.sleep(for: .seconds(1))) != nil
        }
    }

    private func limitTimeWait(to seconds: Int?) async {
        // The settings are there once the kernel tracks connections, which asking brings about.
        _ = try? await cleaner.usage()
        do {
            guard let now = try await journal.limitTimeWait(seconds: seconds) else { return }
            metrics.remembersClosed(for: now)
            logger.debug("closed connections are remembered", metadata: ["seconds": "\(now)"])
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

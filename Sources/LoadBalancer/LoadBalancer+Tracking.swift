import Addressing
import HostJournal
import Logging
import Netfilter
import TableSync

/// What the kernel's connection tracking has to do with a balancer.
extension LoadBalancer {
    /// Has closed connections forgotten in the time that was configured, until the task is
    /// cancelled.
    func keepTimeWait() async {
        // The settings are there once the kernel tracks connections, which asking brings about.
        let count = (try? await cleaner.usage())?.count
        switch configuration.timeWait {
        case .kept: await limitTimeWait(to: nil)
        case .atMost(let seconds): await limitTimeWait(to: seconds)
        case .paced:
            let held = (try? await journal.timeWait()) ?? TimeWaitPace.longest
            await paceTimeWait(TimeWaitPace(holding: held, count: count ?? 0))
        }
    }

    private func paceTimeWait(_ start: TimeWaitPace) async {
        var pace = start
        var others = OtherFlows()
        var time = ContinuousClock.now
        var isHeld: Bool?
        repeat {
            let elapsed = Int(((.now - time) / .seconds(1)).rounded())
            time = .now
            let choice: Int
            if let usage = try? await cleaner.usage() {
                if pace.held < TimeWaitPace.longest { await others.look(usage, with: cleaner) }
                choice = pace.next(
                    count: max(0, usage.count - others.count), limit: usage.limit, after: elapsed)
            } else {
                choice = TimeWaitPace.shortest
            }
            guard choice != pace.held || isHeld != true else { continue }
            let now = await limitTimeWait(to: choice, tellsFailure: isHeld != false)
            isHeld = now != nil
            if let now { pace.hold(now) }
        } while (try? await Task.sleep(for: .seconds(1))) != nil
    }

    /// Returns the seconds that hold now; nil if they could not be changed.
    @discardableResult
    private func limitTimeWait(to seconds: Int?, tellsFailure: Bool = true) async -> Int? {
        do {
            guard let now = try await journal.limitTimeWait(seconds: seconds) else { return nil }
            metrics.remembersClosed(for: now)
            logger.debug("closed connections are remembered", metadata: ["seconds": "\(now)"])
            return now
        } catch {
            if tellsFailure {
                logger.warning(
                    "how long closed connections are remembered could not be changed",
                    metadata: ["error": "\(error)"])
            }
            return nil
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

/// How many of the tracked flows are none of closed connections, looked at now and then.
private struct OtherFlows {
    /// Between two looks, each of which takes the kernel up to 60 ms with 130,000 flows.
    private static var interval: Duration { .seconds(60) }

    private(set) var count = 0
    private var looked: ContinuousClock.Instant?

    /// Looks, unless that was done a moment ago.
    mutating func look(_ usage: ConntrackUsage, with cleaner: FlowCleaner) async {
        if let looked, .now - looked < Self.interval { return }
        guard let flows = try? await cleaner.flows(anyOf: [FlowFilter(transport: .tcp)]) else {
            return
        }
        looked = .now
        count = max(0, usage.count - flows.count { $0.tcpState == .timeWait })
    }
}

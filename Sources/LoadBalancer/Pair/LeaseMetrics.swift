import CoreMetrics
import Synchronization

/// The metrics of a pair's Lease, named as Prometheus wants them.
final class LeaseMetrics: Sendable {
    private let holder = Gauge(label: "sluice_balancer_lease_holder")
    private let transitions = Counter(label: "sluice_balancer_lease_transitions_total")
    private let renewals = Counter(
        label: "sluice_balancer_lease_writes_total", dimensions: [("result", "success")])
    private let failures = Counter(
        label: "sluice_balancer_lease_writes_total", dimensions: [("result", "failure")])
    private let wasHeld = Mutex(false)

    init() {
        holder.record(0)
    }

    /// Takes note whether this balancer holds the Lease.
    func holds(_ isHeld: Bool) {
        let isNews = wasHeld.withLock { wasHeld in
            defer { wasHeld = isHeld }
            return wasHeld != isHeld
        }
        guard isNews else { return }
        holder.record(isHeld ? 1 : 0)
        transitions.increment()
    }

    /// Takes note of a write that was confirmed.
    func renewed() { renewals.increment() }

    /// Takes note of one that was not.
    func failedToRenew() { failures.increment() }

    /// The help texts by name.
    static let help = [
        "sluice_balancer_lease_holder": "1 while this balancer holds its pair's Lease.",
        "sluice_balancer_lease_transitions_total":
            "Times that this balancer got its pair's Lease, or lost it.",
        "sluice_balancer_lease_writes_total":
            "Attempts to get or to renew the pair's Lease, by what came of them.",
    ]
}

import CoreMetrics

/// The metrics of a pair's Lease, named as Prometheus wants them.
struct LeaseMetrics: Sendable {
    private let holder = Gauge(label: "sluice_balancer_lease_holder")
    private let transitions = Counter(label: "sluice_balancer_lease_transitions_total")
    private let renewals = Counter(
        label: "sluice_balancer_lease_writes_total", dimensions: [("result", "success")])
    private let failures = Counter(
        label: "sluice_balancer_lease_writes_total", dimensions: [("result", "failure")])
    private var wasHeld = false

    init() {
        holder.record(0)
    }

    /// Takes note whether this balancer holds the Lease.
    mutating func holds(_ isHeld: Bool) {
        guard wasHeld != isHeld else { return }
        wasHeld = isHeld
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

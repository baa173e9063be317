import CoreMetrics
import TableSync

/// The proxy's metrics, named as Prometheus wants them.
struct ProxyMetrics {
    private let syncs = Counter(label: "sluice_proxy_syncs_total")
    private let failures = Counter(label: "sluice_proxy_sync_failures_total")
    private let changes = Counter(label: "sluice_proxy_kernel_changes_total")
    private let repairs = Counter(label: "sluice_proxy_repairs_total")
    private let purged = Dictionary(
        uniqueKeysWithValues: FlowDeletionReason.allCases.map { reason in
            (
                reason,
                Counter(
                    label: "sluice_proxy_purged_flows_total",
                    dimensions: [("reason", reason.rawValue)])
            )
        })
    private let services = Gauge(label: "sluice_proxy_services")
    private let refused = Gauge(label: "sluice_proxy_refused_services")
    private let shadowed = Gauge(label: "sluice_proxy_shadowed_listeners")
    private let connected = Gauge(label: "sluice_proxy_api_connected")
    private let transaction = Timer(label: "sluice_proxy_transaction_seconds")
    private let arrival = Timer(label: "sluice_proxy_arrival_to_kernel_seconds")
    private let change = Timer(label: "sluice_proxy_change_to_kernel_seconds")
    private let withdrawal = Timer(label: "sluice_proxy_withdrawal_to_kernel_seconds")

    /// The help texts by name.
    static let help = [
        "sluice_proxy_syncs_total": "Times that changes were written to the kernel.",
        "sluice_proxy_sync_failures_total": "Times that the kernel could not be written.",
        "sluice_proxy_kernel_changes_total": "Elements, chains and rules changed.",
        "sluice_proxy_repairs_total": "Times that somebody else had changed our tables.",
        "sluice_proxy_purged_flows_total": "Tracked flows deleted, by reason.",
        "sluice_proxy_services": "Services that have frontends in the kernel.",
        "sluice_proxy_refused_services": "Services that the kernel refused.",
        "sluice_proxy_shadowed_listeners":
            "Local listeners that a nodePort keeps packets from outside from.",
        "sluice_proxy_api_connected": "1 while changes arrive from the API.",
        "sluice_proxy_transaction_seconds": "Time of one kernel transaction.",
        "sluice_proxy_arrival_to_kernel_seconds": "From a change's arrival to the kernel.",
        "sluice_proxy_change_to_kernel_seconds":
            "From an endpoint's change, as its slice says, to the kernel.",
        "sluice_proxy_withdrawal_to_kernel_seconds":
            "From an endpoint's removal to the moment when it gets no new connections, where the "
            + "exact shares of the others follow later.",
    ]

    func synced(_ report: WriteReport, after wait: Duration, sinceChange: [Double]) {
        syncs.increment()
        changes.increment(by: report.changeCount)
        if report.hasRepaired { repairs.increment() }
        for duration in report.transactions { transaction.recordSeconds(duration.seconds) }
        arrival.recordSeconds(wait.seconds)
        for seconds in sinceChange where seconds >= 0 { change.recordSeconds(seconds) }
    }

    func withdrawn(sinceChange: [Double]) {
        for seconds in sinceChange where seconds >= 0 { withdrawal.recordSeconds(seconds) }
    }

    func failed() { failures.increment() }

    func repaired(_ comparison: KernelComparison) {
        repairs.increment()
        changes.increment(by: comparison.repairCount)
        for duration in comparison.transactions { transaction.recordSeconds(duration.seconds) }
    }

    func purged(_ counts: [FlowDeletionReason: Int]) {
        for (reason, count) in counts { purged[reason]?.increment(by: count) }
    }

    func state(services count: Int, refused refusedCount: Int) {
        services.record(count)
        refused.record(refusedCount)
    }

    func shadowed(_ count: Int) { shadowed.record(count) }

    func connected(_ isConnected: Bool) { connected.record(isConnected ? 1 : 0) }
}

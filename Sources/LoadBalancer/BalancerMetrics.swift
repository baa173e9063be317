import CoreMetrics
import HealthChecking
import ServiceModel
import Synchronization
import TableSync

/// The balancer's metrics, named as Prometheus wants them.
package struct BalancerMetrics: Sendable {
    private let succeeded = Counter(
        label: "sluice_balancer_checks_total", dimensions: [("result", "success")])
    private let failed = Counter(
        label: "sluice_balancer_checks_total", dimensions: [("result", "failure")])
    private let notMade = Counter(
        label: "sluice_balancer_checks_total", dimensions: [("result", "not-made")])
    private let latency = Timer(label: "sluice_balancer_check_seconds")
    private let recoveries = Counter(
        label: "sluice_balancer_transitions_total", dimensions: [("to", "healthy")])
    private let deaths = Counter(
        label: "sluice_balancer_transitions_total", dimensions: [("to", "unhealthy")])
    private let syncs = Counter(label: "sluice_balancer_syncs_total")
    private let failures = Counter(label: "sluice_balancer_sync_failures_total")
    private let changes = Counter(label: "sluice_balancer_kernel_changes_total")
    private let repairs = Counter(label: "sluice_balancer_repairs_total")
    private let purged = Counter(label: "sluice_balancer_purged_flows_total")
    private let services = Gauge(label: "sluice_balancer_services")
    private let refused = Gauge(label: "sluice_balancer_refused_services")
    private let addresses = Gauge(label: "sluice_balancer_addresses")
    private let lackingServices = Gauge(label: "sluice_balancer_services_without_address")
    private let writtenStatuses = Counter(
        label: "sluice_balancer_status_writes_total", dimensions: [("result", "success")])
    private let unwrittenStatuses = Counter(
        label: "sluice_balancer_status_writes_total", dimensions: [("result", "failure")])
    private let connected = Gauge(label: "sluice_balancer_api_connected")
    private let transaction = Timer(label: "sluice_balancer_transaction_seconds")
    private let arrival = Timer(label: "sluice_balancer_arrival_to_kernel_seconds")
    private let decision = Timer(label: "sluice_balancer_decision_to_kernel_seconds")
    private let failingOpen = Gauge(label: "sluice_balancer_services_failing_open")
    private let drainingFlows = Gauge(label: "sluice_balancer_draining_flows")
    private let timeWait = Gauge(label: "sluice_balancer_time_wait_seconds")
    /// What becomes of each address.
    let addressHistory = AddressHistory()
    private let nodes = NodeGauges()
    private let targets = TargetGauges()

    func checked(_ outcome: CheckOutcome) {
        switch outcome.failure {
        case nil:
            succeeded.increment()
            latency.record(outcome.duration)
        case .notMade: notMade.increment()
        case .some: failed.increment()
        }
    }

    func changedMind(_ effect: HealthState.Effect) {
        switch effect {
        case .none: break
        case .becameHealthy: recoveries.increment()
        case .becameUnhealthy: deaths.increment()
        }
    }

    /// Takes note of work that is done; `withdrawn` is when nodes that went got no new connections
    /// any more, which may be before the kernel held all of it.
    func synced(
        _ report: WriteReport, _ work: BalancerInbox.Work, withdrawn: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        syncs.increment()
        changes.increment(by: report.changeCount)
        if report.hasRepaired { repairs.increment() }
        for duration in report.transactions { transaction.record(duration) }
        arrival.record(now - work.arrived)
        if let decided = work.decided { decision.record(withdrawn - decided) }
        addresses.record(work.step.addresses.count)
        addressHistory.know(work.addresses)
        nodes.record(work.nodes)
        failingOpen.record(work.failingOpen)
        targets.record(work.step.tallies)
    }

    func swept(_ report: WriteReport) { changes.increment(by: report.changeCount) }

    func remembersClosed(for seconds: Int) { timeWait.record(seconds) }

    func draining(_ flows: Int) { drainingFlows.record(flows) }

    func failedToSync() { failures.increment() }

    func repaired(_ comparison: KernelComparison) {
        repairs.increment()
        changes.increment(by: comparison.repairCount)
        for duration in comparison.transactions { transaction.record(duration) }
    }

    func purged(_ count: Int) { purged.increment(by: count) }

    func state(services count: Int, refused refusedCount: Int) {
        services.record(count)
        refused.record(refusedCount)
    }

    func withoutAddress(_ count: Int) { lackingServices.record(count) }

    func wroteStatus() { writtenStatuses.increment() }

    func failedToWriteStatus() { unwrittenStatuses.increment() }

    func connected(_ isConnected: Bool) { connected.record(isConnected ? 1 : 0) }
}

/// One gauge a node, as long as there is the node.
private final class NodeGauges: Sendable {
    private let gauges = Mutex<[String: Gauge]>([:])

    func record(_ nodes: [String: Bool]) {
        gauges.withLock { gauges in
            for gone in Set(gauges.keys).subtracting(nodes.keys) {
                gauges.removeValue(forKey: gone)?.destroy()
            }
            for (node, takesTraffic) in nodes {
                let gauge =
                    gauges[node]
                    ?? Gauge(label: "sluice_balancer_node_up", dimensions: [("node", node)])
                gauges[node] = gauge
                gauge.record(takesTraffic ? 1 : 0)
            }
        }
    }
}

/// Three gauges a Service, as long as there is the Service.
private final class TargetGauges: Sendable {
    private typealias Trio = (serving: Gauge, failing: Gauge, withheld: Gauge)

    private let gauges = Mutex<[ServiceIdentity: Trio]>([:])

    func record(_ tallies: [(service: ServiceIdentity, TargetTally?)]) {
        gauges.withLock { gauges in
            for (service, tally) in tallies {
                guard let tally, tally.isOfAny else {
                    guard let gone = gauges.removeValue(forKey: service) else { continue }
                    for gauge in [gone.serving, gone.failing, gone.withheld] { gauge.destroy() }
                    continue
                }
                let trio = gauges[service] ?? Self.trio(service)
                gauges[service] = trio
                trio.serving.record(tally.serving)
                trio.failing.record(tally.failing)
                trio.withheld.record(tally.withheld)
            }
        }
    }

    private static func trio(_ service: ServiceIdentity) -> Trio {
        func gauge(_ state: String) -> Gauge {
            Gauge(
                label: "sluice_balancer_service_targets",
                dimensions: [("service", "\(service)"), ("state", state)])
        }
        return (gauge("serving"), gauge("failing"), gauge("withheld"))
    }
}

extension BalancerMetrics {
    /// The help texts by name.
    package static let help = [EjectionMetrics.help, AddressHistory.help, LeaseMetrics.help]
        .reduce(ownHelp) { $0.merging($1) { own, _ in own } }

    private static let ownHelp = [
        "sluice_balancer_checks_total": "Checks of nodes by what came of them.",
        "sluice_balancer_check_seconds": "Time of a successful check.",
        "sluice_balancer_transitions_total": "Changes of mind about a node.",
        "sluice_balancer_syncs_total": "Times that changes were written to the kernel.",
        "sluice_balancer_sync_failures_total": "Times that the kernel could not be written.",
        "sluice_balancer_kernel_changes_total": "Elements, chains and rules changed.",
        "sluice_balancer_repairs_total": "Times that somebody else had changed our tables.",
        "sluice_balancer_purged_flows_total": "Tracked flows deleted: their node was gone.",
        "sluice_balancer_services": "Services that have frontends in the kernel.",
        "sluice_balancer_refused_services": "Services that the kernel refused.",
        "sluice_balancer_addresses": "Load balancer addresses that are answered for.",
        "sluice_balancer_services_without_address":
            "Services that need an address of the pool and cannot have one.",
        "sluice_balancer_status_writes_total": "Writes of Services' addresses by their result.",
        "sluice_balancer_api_connected": "1 while changes arrive from the API.",
        "sluice_balancer_services_failing_open":
            "Services whose unhealthy nodes are used: too few others are left.",
        "sluice_balancer_draining_flows": "Connections to nodes that are drained.",
        "sluice_balancer_service_targets":
            "Nodes of a Service, once for each port and family, by whether they take traffic.",
        "sluice_balancer_node_up": "1 while no check of the node speaks against it.",
        "sluice_balancer_transaction_seconds": "Time of one kernel transaction.",
        "sluice_balancer_arrival_to_kernel_seconds": "From a change's arrival to the kernel.",
        "sluice_balancer_decision_to_kernel_seconds":
            "From the check that decides about a node until the kernel steers by it.",
    ]
}

extension Timer {
    fileprivate func record(_ duration: Duration) {
        recordNanoseconds(Int64(duration / .nanoseconds(1)))
    }
}

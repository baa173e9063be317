import CoreMetrics

/// The metrics of what connections show of nodes.
struct EjectionMetrics: Sendable {
    /// What some events showed.
    struct Evidence: Sendable {
        var answered = 0
        var unanswered = 0
        var refused = 0
        /// Rounds in which events were lost.
        var losses = 0
    }

    private let answered = evidence("answered")
    private let unanswered = evidence("unanswered")
    private let refused = evidence("refused")
    private let losses = Counter(label: "sluice_balancer_lost_evidence_total")
    private let ejections = Counter(label: "sluice_balancer_ejections_total")
    private let returns = Counter(label: "sluice_balancer_ejection_returns_total")
    private let targets = Gauge(label: "sluice_balancer_ejected_targets")

    private static func evidence(_ result: String) -> Counter {
        Counter(
            label: "sluice_balancer_observed_connections_total", dimensions: [("result", result)])
    }

    func met(_ evidence: Evidence) {
        answered.increment(by: evidence.answered)
        unanswered.increment(by: evidence.unanswered)
        refused.increment(by: evidence.refused)
        losses.increment(by: evidence.losses)
    }

    func turned(_ turns: [EjectionBoard.Turn], ejected: Int) {
        ejections.increment(by: turns.count { $0 == .ejected })
        returns.increment(by: turns.count { $0 == .returned })
        targets.record(ejected)
    }

    func ejected(_ count: Int) { targets.record(count) }

    /// The help texts by name.
    static let help = [
        "sluice_balancer_observed_connections_total":
            "First answers to connections, where nodes may be ejected, by what came.",
        "sluice_balancer_lost_evidence_total":
            "Times that connections came faster than they could be observed.",
        "sluice_balancer_ejections_total": "Targets that were ejected.",
        "sluice_balancer_ejection_returns_total": "Ejected targets that came back.",
        "sluice_balancer_ejected_targets": "Targets that are ejected now.",
    ]
}

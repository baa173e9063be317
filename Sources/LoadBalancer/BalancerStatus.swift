import Addressing
import FoundationEssentials
import HealthChecking
import ServiceModel
import TableSync

/// How a balancer and its nodes are, for people and for programs.
package struct BalancerStatus: Codable, Hashable, Sendable {
    /// What one check of a node shows.
    package struct Check: Codable, Hashable, Sendable {
        /// For example `http 192.168.50.1:10256/healthz`.
        package let target: String
        /// `unknown` (not answered yet; takes traffic), `healthy` or `unhealthy`.
        package let state: String
        /// Why it is unhealthy.
        package let reason: String?
        /// Since when the state is what it is, for example `2026-01-31T12:00:00Z`.
        package let since: String
        /// Why the last check failed; absent if it succeeded.
        package let lastFailure: String?
        /// How long the last check took.
        package let lastMilliseconds: Double?
        /// How many Services it decides about.
        package let serviceCount: Int
    }

    /// A node that the balancer may send to, or leaves out.
    package struct Node: Codable, Hashable, Sendable {
        /// The Node object's name.
        package let name: String
        /// Its addresses, those inside the cluster first.
        package let addresses: [String]
        /// `ready`, `unhealthy` if a check speaks against it, `not-ready` or `excluded` if its
        /// Node object does.
        package let state: String
        /// What is checked at its addresses, in order of the checks' names.
        package let checks: [Check]
    }

    /// True if traffic is steered as the API and the checks last said.
    package let isHealthy: Bool
    /// The addresses that are answered for.
    package let addresses: [String]
    /// All nodes there are, in order of their names.
    package let nodes: [Node]
    /// How many Services have frontends in the kernel.
    package let serviceCount: Int
    /// Services that the kernel refused, with the reason.
    package let refused: [String: String]
    /// Why the kernel could not be written last.
    package let lastError: String?
    /// Why no changes arrive from the API.
    package let disconnected: String?
}

extension BalancerStatus {
    init(
        plan: BalancerPlan, records: [HealthCheck: HealthLedger.Record],
        health: SyncHealth.State, isHealthy: Bool
    ) {
        let byAddress = Dictionary(grouping: records) { $0.key.socket.address }
        let eligible = plan.nodes.map { node in
            let checks = node.addresses.flatMap { byAddress[$0] ?? [] }
                .sorted { $0.key.description < $1.key.description }
            let takesTraffic = checks.filter { plan.assignment.speaksForNode($0.key) }
                .allSatisfy(\.value.state.takesTraffic)
            return Node(
                name: node.name, addresses: node.addresses.map(\.description),
                state: takesTraffic ? "ready" : "unhealthy",
                checks: checks.map { check, record in
                    Check(check, record, serviceCount: plan.services(using: check).count)
                })
        }
        let leftOut = plan.leftOutNodes.map { node in
            Node(
                name: node.name, addresses: node.addresses.map(\.description),
                state: node.isReady ? "excluded" : "not-ready", checks: [])
        }
        self.init(
            isHealthy: isHealthy, addresses: plan.addresses.sorted().map(\.description),
            nodes: (eligible + leftOut).sorted { $0.name < $1.name },
            serviceCount: health.serviceCount, refused: health.refused,
            lastError: health.lastError, disconnected: health.disconnected)
    }
}

extension BalancerStatus.Check {
    fileprivate init(_ check: HealthCheck, _ record: HealthLedger.Record, serviceCount: Int) {
        self.init(
            target: check.description, state: "\(record.state.condition)",
            reason: record.reason?.description, since: record.since.formatted(.iso8601),
            lastFailure: record.last?.failure?.description,
            lastMilliseconds: record.last.map { $0.duration / .milliseconds(1) },
            serviceCount: serviceCount)
    }
}

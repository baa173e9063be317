import Foundation
package import LoadBalancer

/// What a balancer of this host says of itself, as a table.
package enum BalancerReport {
    /// The status as JSON, as the balancer tells it.
    package static func json(common: CommonSettings) async throws -> String {
        try await DaemonSocket(role: "balancer", common: common).get("/status")
    }

    /// A word if the balancer can take traffic; throws why it cannot.
    package static func readiness(common: CommonSettings) async throws -> String {
        try await DaemonSocket(role: "balancer", common: common).get("/readyz")
    }

    /// The status as tables of nodes and of Services.
    package static func text(common: CommonSettings) async throws -> String {
        let json = try await json(common: common)
        do {
            return text(of: try JSONDecoder().decode(BalancerStatus.self, from: Data(json.utf8)))
        } catch {
            throw ToolFailure("the balancer's status cannot be read: \(error)")
        }
    }

    /// A status in words.
    package static func text(of status: BalancerStatus) -> String {
        var lines: [String] = []
        if !status.isHealthy { lines.append("NOT WELL: the tables may be out of date") }
        if let error = status.lastError {
            lines.append("the kernel could not be written: \(error)")
        }
        if let error = status.disconnected { lines.append("the API is away: \(error)") }
        for (service, error) in status.refused.sorted(by: { $0.key < $1.key }) {
            lines.append("the kernel refused \(service): \(error)")
        }
        if let obstacle = status.statusObstacle {
            lines.append("addresses of Services cannot be written: \(obstacle)")
        }
        for (service, reason) in status.withoutAddress.sorted(by: { $0.key < $1.key }) {
            lines.append("\(service) gets no address: \(reason)")
        }
        if !lines.isEmpty { lines.append("") }
        lines += table(
            ["NODE", "STATE", "FLOWS", "ADDRESSES"],
            status.nodes.map { node in
                [node.name, node.state, "\(node.flows)", node.addresses.joined(separator: " ")]
            })
        lines += lease(of: status)
        if !status.addresses.isEmpty {
            lines.append("")
            lines += table(
                ["ADDRESS", "STATE", "SINCE"],
                status.addresses.map { address in
                    [
                        address.address,
                        address.state + (address.claimant.map { " at \($0)" } ?? ""),
                        address.since ?? "-",
                    ]
                })
        }
        for service in status.services {
            lines.append("")
            lines.append(
                "\(service.name)  \(service.frontends.joined(separator: " "))"
                    + "  \(service.dataPlane)"
                    + (service.failsOpen ? "  TOO FEW HEALTHY NODES: ALL ARE USED" : ""))
            lines += table(
                ["  NODE", "TARGET", "STATE", "WEIGHT", "FLOWS", "SINCE", "LAST CHECK", "REASON"],
                service.backends.map { row(of: $0, checks(of: status)) })
        }
        lines += refusals(of: status)
        return lines.joined(separator: "\n")
    }

    /// Which of a pair leads, if this is one of a pair.
    private static func lease(of status: BalancerStatus) -> [String] {
        guard let lease = status.lease else { return [] }
        let renewed = lease.secondsSinceRenewal.map { String(format: "%.1f s ago", $0) }
        return [""]
            + table(
                ["LEASE", "AS", "HOLDER", "SINCE", "TRANSITIONS", "RENEWED HERE", "PROBLEM"],
                [
                    [
                        lease.lease, lease.identity + (lease.isHeld ? " (holds it)" : ""),
                        lease.holder ?? "-", lease.acquireTime ?? "-",
                        lease.transitions.map { "\($0)" } ?? "-", renewed ?? "-",
                        lease.problem ?? "",
                    ]
                ])
    }

    /// What was kept away, if anything was or is.
    private static func refusals(of status: BalancerStatus) -> [String] {
        var lines: [String] = []
        if status.blockedCount > 0 {
            lines += [
                "", "blocked: \(status.blockedCount); `sluice balancer blocklist` names them",
            ]
        }
        guard !status.refusals.isEmpty else { return lines }
        return lines + [""]
            + table(
                ["REFUSED BY", "FRONTEND", "PACKETS", "SERVICE"],
                status.refusals.map { [$0.reason, $0.frontend, "\($0.packets)", $0.label] })
    }

    private static func checks(of status: BalancerStatus) -> [String: BalancerStatus.Check] {
        Dictionary(
            status.nodes.flatMap(\.checks).map { ($0.target, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    private static func row(
        of backend: BalancerStatus.Backend, _ checks: [String: BalancerStatus.Check]
    ) -> [String] {
        let check = backend.checks.first.flatMap { checks[$0] }
        let last = check.map { check in
            let took = check.lastMilliseconds.map { String(format: "%.1f ms", $0) } ?? "-"
            return "\(check.lastFailure ?? "ok"), \(took)"
        }
        return [
            "  \(backend.node)", backend.target, backend.state, "\(backend.weight)",
            backend.flows.map { "\($0)" } ?? "not with direct-return", backend.since ?? "-",
            last ?? "-", backend.reason ?? "",
        ]
    }

    /// Columns as wide as their widest cell, two blanks apart.
    static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([head] + rows).map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

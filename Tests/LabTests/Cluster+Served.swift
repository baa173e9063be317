import LabKit

extension Cluster {
    /// Waits until every host serves the tests' own Services in both families.
    func waitUntilServed(by nodes: [String] = Lab.nodes) async throws {
        try await eventually("the API has the tests' Services") {
            try await services()["trio"]?.virtualIPs.count == 2
        }
        for name in ["trio", "web-public"] {
            let addresses = try await targets(name, .virtualIP)
            let inside = try await targets(name, .clusterIP)
            for node in nodes {
                try await waitUntilAnswered(inside, from: "\(node)-pod1")
                try await waitUntilAnswered(
                    try await targets(name, .nodePort(node: node)), from: "client")
            }
            try await eventually("the balancer sends to every node") {
                let report = try await lab.send(
                    60, from: "client", to: addresses, atOnce: 6, timeoutMilliseconds: 500)
                return report.failed == 0
                    && nodes.allSatisfy { node in
                        report.pods.contains { $0.hasPrefix(node) }
                    }
            }
        }
    }

    private func waitUntilAnswered(_ targets: [String], from host: String) async throws {
        try await eventually("\(targets) answers \(host)") {
            let report = try await lab.send(
                targets.count, from: host, to: targets, timeoutMilliseconds: 500)
            return report.failed == 0
        }
    }
}

import LabKit
import Testing

extension LabTests {
    /// Proxies that are killed leave their tables, so that their nodes forward all the same.
    @Suite("when checks speak against nodes, and when they return")
    struct ReturnTests {
        private let lab = Lab.shared

        private func report(_ count: Int = 90) async throws -> LoadReport {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            return try await lab.send(count, from: "client", to: targets, atOnce: 6)
        }

        /// Whether the status says `unhealthy` in the lines of these nodes.
        private func areUnhealthy(_ nodes: String...) async throws -> Bool {
            let lines = try await lab.balancer("status").split(separator: "\n")
            return nodes.allSatisfy { node in
                lines.contains { $0.hasPrefix("\(node) ") && $0.contains(" unhealthy ") }
            }
        }

        @Test("below the panic threshold all nodes are used, above it only those that are well")
        func failsOpen() async throws {
            try await lab.restoring {
                try await lab.run("kill", "node2", "proxy", "KILL")
                try await eventually("node2 alone is left out") {
                    try await report().nodes == ["node1", "node3"]
                }
                try await lab.run("kill", "node3", "proxy", "KILL")
                try await eventually("all nodes are used: one of three is less than half") {
                    try await lab.metric("sluice_balancer_services_failing_open") > 0
                }
                let open = try await report()
                #expect(open.answered == 90)
                #expect(open.nodes == Set(Lab.nodes))
                #expect(try await areUnhealthy("node2", "node3"))
                try await lab.run("start", "node3", "proxy")
                try await eventually("node2 alone is left out again") {
                    try await report().nodes == ["node1", "node3"]
                }
                try await eventually("the metric says so") {
                    try await lab.metric("sluice_balancer_services_failing_open") == 0
                }
            } afterwards: {
                for node in ["node2", "node3"] { _ = try? await lab.run("start", node, "proxy") }
                try await Cluster(lab).waitUntilServed()
            }
        }

        /// In the first of five steps the node has one of eleven connections, not one of three.
        ///
        /// A third of 330 would be 110, with a standard deviation of 9.
        @Test("a node that returns gets a part of its share at first")
        func slowStart() async throws {
            try await lab.restoring {
                try await lab.restart("balancer", "balancer", with: "--slow-start", "10m")
                try await Cluster(lab).waitUntilServed()
                try await lab.run("kill", "node2", "proxy", "KILL")
                try await eventually("node2 is left out") {
                    try await report().nodes == ["node1", "node3"]
                }
                try await lab.run("start", "node2", "proxy")
                try await eventually("node2 returns") {
                    try await lab.balancerStatus().contains("\"starting\"")
                }
                let first = try await report(330)
                #expect(first.answered == 330)
                #expect((1..<65).contains(first.answers(of: "node2")))
            } afterwards: {
                _ = try? await lab.run("start", "node2", "proxy")
                try await lab.restart("balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
        }
    }
}

import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("a node is taken out by hand")
    struct DrainTests {
        private let lab = Lab.shared

        /// The nodes whose pods answer at the addresses of a Service with policy Local.
        private func nodes() async throws -> Set<String> {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            let report = try await lab.send(60, from: "client", to: targets, atOnce: 6)
            #expect(report.failed == 0)
            return report.nodes
        }

        @Test("a drained node gets no new connection, is told drained, and comes back")
        func drain() async throws {
            let logged = try await lab.log("balancer", "balancer").count
            try await lab.restoring {
                try await lab.balancer("drain", "node2", "--service", "default/web-public")
                try await eventually("node2 gets nothing any more") {
                    try await nodes() == ["node1", "node3"]
                }
                try await eventually("the drain ends") {
                    try await lab.log("balancer", "balancer", since: logged).contains("drained")
                }
                let status = try await lab.balancer("status")
                #expect(status.contains("drain"))
                #expect(status.contains("default/web-public"))
            } afterwards: {
                try await lab.balancer("ready", "node2", "--service", "default/web-public")
                try await eventually("node2 is back") {
                    try await nodes() == Set(Lab.nodes)
                }
            }
        }

        @Test("a drained node's sticky clients go to another one with their next connection")
        func sticky() async throws {
            let manifest =
                LabServices.localService("sticky", ["balancing": "random"], hasDatagrams: false)
                + "  sessionAffinity: ClientIP\n"
            try await lab.withAddresses(of: "sticky", manifest) { targets in
                for target in targets {
                    func report() async throws -> LoadReport {
                        try await lab.send(
                            6, from: "client", to: [target], timeoutMilliseconds: 500)
                    }
                    var node = ""
                    try await eventually("\(target) answers from one node") {
                        let report = try await report()
                        node = report.nodes.first ?? ""
                        return report.answered == 6 && report.nodes.count == 1
                    }
                    try await lab.restoring {
                        try await lab.balancer("drain", node, "--service", "default/sticky")
                        try await eventually("\(node) gets nothing any more") {
                            let report = try await report()
                            return report.answered == 6 && !report.nodes.contains(node)
                        }
                    } afterwards: {
                        try await lab.balancer("ready", node, "--service", "default/sticky")
                    }
                }
            }
        }

        /// What the balancer tracks of the client's established connections to nodes, by node.
        private func flows() async throws -> [String: Int] {
            var counts: [String: Int] = [:]
            for (family, client) in [("ipv4", "203.0.113.10"), ("ipv6", "2001:db8:113::10")] {
                let text = try await lab.exec(
                    "balancer", "conntrack", "-L", "-f", family, "-p", "tcp", "--state",
                    "ESTABLISHED", "--orig-src", client)
                for match in text.matches(of: #/ src=(?:192\.168\.50\.|fd50::)([123]) /#) {
                    counts["node\(match.1)", default: 0] += 1
                }
            }
            return counts
        }

        @Test("connections that are left when a drain's deadline comes are ended, and no others")
        func deadline() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            let downloads = try (0..<40).map { number in
                try lab.startInNetwork(
                    of: "client",
                    [
                        "curl", "--silent", "--limit-rate", "20k", "--output", "/dev/null",
                        "http://\(targets[number % 2])/bytes/50000000",
                    ])
            }
            defer { for download in downloads { download.signal(SIGKILL) } }
            var before: [String: Int] = [:]
            try await eventually("all nodes have downloads") {
                before = try await flows()
                return before.values.reduce(0, +) >= 40 && before.count == 3
            }
            let logged = try await lab.log("balancer", "balancer").count
            try await lab.restoring {
                try await lab.balancer(
                    "drain", "node2", "--service", "default/web-public", "--deadline", "3s")
                try await eventually("node2 gets nothing any more") {
                    try await nodes() == ["node1", "node3"]
                }
                try await eventually("node2's downloads have been ended", within: .seconds(60)) {
                    try await flows()["node2"] == nil
                }
                let after = try await flows()
                for node in ["node1", "node3"] { #expect((after[node] ?? 0) >= before[node] ?? 0) }
                try await eventually("the drain ends") {
                    try await lab.log("balancer", "balancer", since: logged).contains("drained")
                }
            } afterwards: {
                try await lab.balancer("ready", "node2", "--service", "default/web-public")
                try await eventually("node2 is back") { try await nodes() == Set(Lab.nodes) }
            }
        }

        @Test("maintenance outlives a restart of the balancer")
        func maintenance() async throws {
            try await lab.restoring {
                try await lab.balancer("maintain", "node3")
                try await lab.restart("balancer", "balancer")
                try await eventually("node3 gets nothing") {
                    try await nodes() == ["node1", "node2"]
                }
                let json = try await lab.balancer("status", "-o", "json")
                #expect(json.contains("\"maintenance\""))
            } afterwards: {
                try await lab.balancer("ready", "node3")
                try await Cluster(lab).waitUntilServed()
            }
        }

        @Test("an order for nobody is refused with the reason")
        func nobody() async throws {
            let output = try await lab.attempt("balancer", "sluice", "balancer", "drain", "node9")
            #expect(output.status == 1)
            #expect(output.complaint.contains("there is no node node9"))
        }
    }
}

import Foundation
import LabKit
import Testing

extension LabTests {
    /// Services whose traffic a node serves with its own pods fail with the node; those of
    /// other policies reach a dead node's pods from the others until its pods are taken out.
    @Suite("200 requests a second through the load balancer's address of each family")
    struct DeathTests {
        private let lab = Lab.shared
        private let load = ["-r", "400", "-n", "2000", "-d", "30"]

        @Test("a node goes silent: no request fails")
        func silence() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            var death = Date.distantPast...Date.distantPast
            try await lab.restoring {
                let report = try await lab.underLoad(load, from: "client", to: targets) {
                    death = try await lab.silence("node2")
                }
                expectDeath(of: "node2", in: report)
                #expect(report.failedOnlyInFlight(at: death))
                // No more than the node is asked in a tenth of a second.
                #expect(report.failed <= 400 / 3 / 10)
            } afterwards: {
                try await lab.run("unsilence", "node2")
                try await Cluster(lab).waitUntilServed()
            }
        }

        @Test("a node's proxy is killed: its tables stay and no request fails")
        func proxyDies() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            try await lab.restoring {
                let report = try await lab.underLoad(load, from: "client", to: targets) {
                    try await lab.run("kill", "node3", "proxy", "KILL")
                }
                expectDeath(of: "node3", in: report)
                #expect(report.failed == 0)
            } afterwards: {
                try await lab.run("start", "node3", "proxy")
                try await Cluster(lab).waitUntilServed()
            }
        }

        @Test("what a node serves with is killed: no request begun a second later fails")
        func podsDie() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            var dead = Date.distantFuture
            try await lab.restart("balancer", "balancer", with: "--check", "tcp")
            try await lab.restoring {
                try await Cluster(lab).waitUntilServed()
                let report = try await lab.underLoad(load, from: "client", to: targets) {
                    async let first: Void = kill("node2-pod1")
                    async let second: Void = kill("node2-pod2")
                    _ = try await (first, second)
                    dead = .now
                }
                expectDeath(of: "node2", in: report)
                // A SYN that is refused is sent again, and meets another node.
                #expect(report.refused == 0)
                #expect((report.lastFailure ?? .distantPast) <= dead + 1)
            } afterwards: {
                for pod in ["node2-pod1", "node2-pod2"] {
                    try await lab.run("start", pod, "backend")
                }
                try await lab.restart("balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
        }

        private func kill(_ pod: String) async throws {
            try await lab.run("kill", pod, "backend", "KILL")
        }

        /// All requests have an end, and the node served before it died but no longer its share.
        private func expectDeath(of node: String, in report: LoadReport) {
            let served = report.answers(of: node)
            #expect(report.answered + report.failed == 2000)
            #expect(0 < served && served < 2000 / 4)
        }
    }
}

import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("two balancers, of which keepalived lets one lead")
    struct PairTests {
        private let lab = Lab.shared

        private func withPair(_ body: () async throws -> Void) async throws {
            let follow = ["--follow-address", "192.168.50.100"]
            try await lab.run("start", "balancer", "keepalived")
            try await lab.restoring {
                try await lab.restart("balancer", "balancer", with: follow)
                try await lab.start("balancer2", "balancer", with: follow)
                try await lab.run("start", "balancer2", "keepalived")
                try await body()
            } afterwards: {
                for role in ["keepalived", "balancer"] {
                    _ = try? await lab.run("kill", "balancer2", role)
                }
                _ = try? await lab.run("kill", "balancer", "keepalived")
                _ = try? await lab.run("kill", "balancer", "balancer")
                try await lab.run("start", "balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
            #expect(try await lab.addressCount(of: "balancer2") == 0)
        }

        @Test("the host that leads dies under load, and its balancer alone: the other takes over")
        func failover() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            try await withPair {
                let first = try await lab.waitForLeader("one leads")
                var silent = Date.distantFuture
                let report = try await lab.underLoad(
                    ["-r", "200", "-n", "2000", "-d", "30"], from: "client", to: targets
                ) {
                    try await lab.run("silence", first)
                    silent = .now
                }
                try await lab.restoring {
                    let outage = report.lastFailure.map { $0.timeIntervalSince(silent) } ?? 0
                    print(
                        "failover: \(report.failed) of 2000 requests failed, the last one begun "
                            + "\(outage) s after the host went silent")
                    #expect(report.answered + report.failed == 2000)
                    #expect(report.answered > report.failed)
                    let after = try await lab.send(60, from: "client", to: targets, atOnce: 6)
                    #expect(after.answered == 60)
                } afterwards: {
                    try await lab.run("unsilence", first)
                }
                let second = try await lab.waitForLeader("the host that is back does not lead")
                try await lab.run("kill", second, "balancer", "KILL")
                let third = try await lab.waitForLeader(
                    "a killed balancer is left", otherThan: second)
                #expect(third != second)
                try await eventually("clients are served again") {
                    try await lab.send(
                        60, from: "client", to: targets, atOnce: 6, timeoutMilliseconds: 500
                    ).answered == 60
                }
                let status = try await lab.exec(third, "sluice", "balancer", "status")
                #expect(status.contains("held"))
            }
        }
    }
}

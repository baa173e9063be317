import Foundation
import LabKit
import Testing

extension LabTests {
    /// Requests have too little time for a second SYN: one that meets a wrong node fails.
    @Suite("a balancer restarts while a node is dead, or has no endpoint")
    struct BalancerMemoryTests {
        private let lab = Lab.shared

        /// Restarts the balancer again and again, and expects that no client notices.
        private func expectCalmRestarts(of targets: [String]) async throws {
            let report = try await lab.underLoad(
                ["-r", "200", "-n", "3000", "-d", "60", "-t", "900"], from: "client", to: targets
            ) {
                for signal in ["KILL", "TERM", "KILL"] {
                    try await lab.restart(
                        "balancer", "balancer", signal: signal, with: "--on-stop", "keep")
                }
            }
            #expect(report.failed == 0, "\(report)")
        }

        private func restoring(_ body: () async throws -> Void) async throws {
            try await lab.restoringBalancer {
                try await lab.restart("balancer", "balancer", with: "--on-stop", "keep")
                try await body()
            }
        }

        @Test("a node that its last run knew to have no endpoint gets no connection")
        func withoutEndpoint() async throws {
            let manifest = LabServices.localService(
                "single", selector: ["name": "node1-pod1"], hasDatagrams: false)
            try await restoring {
                try await lab.withAddresses(of: "single", manifest) { targets in
                    try await lab.waitUntil(["node1"], answerAt: targets)
                    try await expectCalmRestarts(of: targets)
                }
            }
        }

        @Test("a node that its last run knew to be dead gets no connection")
        func deadNode() async throws {
            let manifest = LabServices.localService("everywhere", hasDatagrams: false)
            try await restoring {
                try await lab.withAddresses(of: "everywhere", manifest) { targets in
                    try await lab.restoring {
                        try await lab.run("silence", "node3")
                        try await eventually("node3 gets nothing", within: .seconds(60)) {
                            try await lab.send(
                                60, from: "client", to: targets, atOnce: 60,
                                timeoutMilliseconds: 500
                            ).failed == 0
                        }
                        try await expectCalmRestarts(of: targets)
                    } afterwards: {
                        try await lab.run("unsilence", "node3")
                    }
                }
            }
        }
    }
}

import Foundation
import LabKit
import Testing

extension LabTests {
    /// The check asks the nodes' proxies, which are well all the time.
    @Suite("a node whose pods refuse, which no check notices")
    struct HoldTests {
        private let lab = Lab.shared

        /// A third of the attempts meet the node; the client makes nine within 20 s, so that one
        /// of the requests fails once in a hundred runs or so.
        @Test("no request fails, since another attempt meets another node")
        func noneFails() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            try await lab.restoring {
                for pod in ["node2-pod1", "node2-pod2"] {
                    try await lab.run("kill", pod, "backend", "KILL")
                }
                let report = try await lab.send(
                    120, from: "client", to: targets, atOnce: 60, timeoutMilliseconds: 20_000)
                #expect(report.answered == 120)
                #expect(report.seconds > 0.9, "some were asked to try again")
                let listing = try await lab.exec(
                    "balancer", "nft", "list", "set", "ip", "sluice-balancer", "hold_refusals")
                #expect(listing.contains("counter packets"))
            } afterwards: {
                for pod in ["node2-pod1", "node2-pod2"] {
                    try await lab.run("start", pod, "backend")
                }
                try await Cluster(lab).waitUntilServed()
            }
        }
    }
}

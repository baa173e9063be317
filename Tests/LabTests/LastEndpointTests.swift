import LabKit
import Testing

extension LabTests {
    /// A node without an endpoint drops what comes to the nodePort of such a Service, and says at
    /// its `healthCheckNodePort` that it has none: until that is heard clients wait for nobody.
    @Suite("a node without an endpoint, and the policy Local: a SYN that met it is not lost")
    struct LastEndpointTests {
        private let lab = Lab.shared
        /// 200 requests a second and family, each with 3 s to succeed.
        private let load = ["-r", "400", "-n", "2000", "-d", "30"]

        private static let onAllNodes = ["ordinal": "1"]
        private static let onNode1 = ["name": "node1-pod1"]

        private func manifest(_ selector: [String: String]) -> String {
            LabServices.localService("shrinking", selector: selector, hasDatagrams: false)
        }

        /// Runs the body with the Service's addresses once these nodes alone answer.
        private func with(
            _ selector: [String: String], on nodes: [String],
            _ body: (_ targets: [String]) async throws -> Void
        ) async throws {
            try await lab.withAddresses(of: "shrinking", manifest(selector)) { targets in
                try await lab.waitUntil(Set(nodes), answerAt: targets)
                try await body(targets)
            }
        }

        @Test("nodes lose their last endpoints under load: no request fails")
        func goes() async throws {
            try await with(Self.onAllNodes, on: Lab.nodes) { targets in
                let report = try await lab.underLoad(load, from: "client", to: targets) {
                    try await lab.apply(manifest(Self.onNode1), as: "shrinking.yaml")
                }
                #expect(report.answered == 2000, "\(report)")
                try await lab.waitUntil(Set(["node1"]), answerAt: targets)
            }
        }

        @Test("kill -9 and a restart of the balancer, which knows no node's endpoints then")
        func restart() async throws {
            try await with(Self.onNode1, on: ["node1"]) { targets in
                let report = try await lab.underLoad(load, from: "client", to: targets) {
                    try await lab.restart("balancer", "balancer", signal: "KILL")
                }
                #expect(report.answered == 2000, "\(report)")
            }
            try await Cluster(lab).waitUntilServed()
        }
    }
}

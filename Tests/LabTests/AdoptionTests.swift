import LabKit
import Testing

extension LabTests {
    @Suite("a proxy that starts while the API is away")
    struct AdoptionTests {
        private let lab = Lab.shared

        @Test(
            "it says at each healthCheckNodePort what it said before, so that no node is left out")
        func healthCheckNodePorts() async throws {
            let manifest = LabServices.localService(
                "single", selector: ["name": "node1-pod1"], hasDatagrams: false)
            try await lab.withAddresses(of: "single", manifest) { targets in
                try await lab.waitUntil(["node1"], answerAt: targets)
                try await lab.restoring {
                    try await lab.run("kill", "control", "api", "KILL")
                    for node in Lab.nodes { try await lab.restart(node, "proxy", signal: "KILL") }
                    // Balancers are told as before.
                    try await lab.waitUntil(["node1"], answerAt: targets, within: .seconds(30))
                } afterwards: {
                    try await lab.run("start", "control", "api")
                }
            }
            try await Cluster(lab).waitUntilServed()
        }
    }
}

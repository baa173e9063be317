import LabKit
import Testing

extension LabTests {
    @Suite("nodes are chosen by the client's address")
    struct BalancingTests {
        private let lab = Lab.shared

        private func manifest(_ method: String) -> String {
            LabServices.localService("by-source", ["balancing": method], hasDatagrams: false)
        }

        @Test(
            "a client stays with its node", arguments: ["source-hash", "maglev"], Family.allCases)
        func stays(method: String, family: Family) async throws {
            try await lab.with(manifest(method), as: "by-source.yaml") {
                try await eventually("the Service has an address") {
                    (try? await Cluster(lab).target("by-source", .virtualIP, family)) != nil
                }
                let target = try await Cluster(lab).target("by-source", .virtualIP, family)
                try await eventually("it answers") {
                    try await lab.send(1, from: "client", to: [target], timeoutMilliseconds: 500)
                        .answered == 1
                }
                let report = try await lab.send(40, from: "client", to: [target])
                #expect(report.answered == 40)
                #expect(report.pods.count == 1)
            }
        }
    }
}

import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("sluice run: everything in one process on one host")
    struct RunTests {
        private let lab = Lab.shared

        @Test("it serves ClusterIPs, nodePorts and LoadBalancer addresses from a folder")
        func run() async throws {
            let folder = try await lab.manifestFolder()
            for role in ["proxy", "dns"] { try await lab.run("kill", "node2", role) }
            let run = try lab.start(
                "node2",
                ["sluice", "run", "--manifests", folder, "--node-name", "node2"]
                    + Lab.ranges + ["--load-balancer-pool", "198.51.100.0/24,fd98::/112"])
            try await lab.restoring {
                try await eventually("sluice run is ready") {
                    try await lab.attempt(
                        "node2", "curl", "--silent", "--fail", "http://127.0.0.1:10256/readyz"
                    ).status == 0
                }
                try await expectAllServed(
                    by: Cluster(lab, seenFrom: "node2", api: "http://127.0.0.1:6440"))
                let diff = try await lab.attempt("node2", "sluice", "diff")
                #expect(diff.status == 0, "\(diff)")
            } afterwards: {
                run.signal(SIGTERM)
                let output = try await run.finish()
                #expect(output.status == 0, "\(output.complaint.suffix(2000))")
                for role in ["proxy", "dns"] { try await lab.run("start", "node2", role) }
                try await Cluster(lab).waitUntilServed()
            }
        }

        private func expectAllServed(by cluster: Cluster) async throws {
            for transport in Transport.allCases {
                for (host, kind) in [
                    ("node2-pod1", FrontendKind.clusterIP), ("node2", .clusterIP),
                    ("node2-pod2", .virtualIP), ("client", .nodePort(node: "node2")),
                ] {
                    let targets = try await cluster.targets("trio", kind, transport)
                    let report = try await lab.send(100, transport, from: host, to: targets)
                    #expect(report.answered == 100, "\(host) to \(kind) over \(transport)")
                    #expect(report.pods == LabServices.trio)
                }
            }
        }
    }
}

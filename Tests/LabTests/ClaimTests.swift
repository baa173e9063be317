import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("two Services that claim one external address and port")
    struct ClaimTests {
        private let lab = Lab.shared
        private let targets = ["192.0.2.50:80", "[2001:db8:50::50]:80"]

        private func manifest(_ name: String, pod: String) -> String {
            """
            apiVersion: v1
            kind: Service
            metadata: {name: \(name)}
            spec:
              type: ClusterIP
              ipFamilyPolicy: PreferDualStack
              externalIPs: [192.0.2.50, "2001:db8:50::50"]
              selector: {name: \(pod)}
              ports:
                - {name: http, protocol: TCP, port: 80, targetPort: http}

            """
        }

        /// The pods that answer at the address on each node, in either family.
        private func answering() async throws -> [Set<String>] {
            var pods: [Set<String>] = []
            for node in Lab.nodes {
                for target in targets {
                    let report = try await lab.send(
                        6, from: "\(node)-pod2", to: [target], timeoutMilliseconds: 2_000)
                    pods.append(report.failed == 0 ? report.pods : [])
                }
            }
            return pods
        }

        private func waitFor(_ pod: String) async throws {
            try await eventually("\(pod) answers everywhere", within: .seconds(60)) {
                try await answering().allSatisfy { $0 == [pod] }
            }
        }

        @Test("the older one has it on every node, also after a restart, whatever their names")
        func olderHasIt() async throws {
            try await lab.with(manifest("zebra", pod: "node1-pod1"), as: "zebra.yaml") {
                try await waitFor("node1-pod1")
                // The API tells ages in seconds.
                let begun = Date.now
                try await eventually("a second has passed") { Date.now > begun + 1 }
                try await lab.with(manifest("ant", pod: "node3-pod1"), as: "ant.yaml") {
                    for node in Lab.nodes {
                        try await eventually("\(node) says who has it") {
                            try await lab.log(node, "proxy").contains(
                                "192.0.2.50:80/tcp of default/ant is left out: default/zebra has")
                        }
                    }
                    #expect(try await answering().allSatisfy { $0 == ["node1-pod1"] })
                    try await lab.restart("node2", "proxy")
                    #expect(try await answering().allSatisfy { $0 == ["node1-pod1"] })
                    try await lab.without("zebra.yaml") { try await waitFor("node3-pod1") }
                    // Made anew, it is the younger one.
                    try await waitFor("node3-pod1")
                }
                try await waitFor("node1-pod1")
            }
        }
    }
}

import Foundation
import LabKit
import Testing

extension Behaviours {
    @Suite("5 healthCheckNodePort")
    struct HealthCheckNodePorts {
        private func local(_ bed: Bed, _ port: Int, variant: Int = 0) -> ServiceManifest {
            bed.service(
                "LoadBalancer", "externalTrafficPolicy: Local", "healthCheckNodePort: \(port)",
                variant: variant)
        }

        @Test("86: nodes with endpoints pass the health check, others do not",
            arguments: Family.allCases)
        func passes(family: Family) async throws {
            let bed = Bed(86, family)
            try await bed.serving(local(bed, 32_086), on: ["node1-pod1"]) {
                for _ in 0..<2 {
                    try await bed.expectHealth(200, on: "node1", port: 32_086)
                    try await bed.expectHealth(503, on: "node2", port: 32_086)
                }
                try await bed.change(local(bed, 32_086), on: ["node2-pod1"])
                for _ in 0..<2 {
                    try await bed.expectHealth(503, on: "node1", port: 32_086)
                    try await bed.expectHealth(200, on: "node2", port: 32_086)
                }
            }
        }

        @Test("89: policy Cluster becomes Local and gets the health check's port it asks for",
            arguments: Family.allCases)
        func requested(family: Family) async throws {
            let bed = Bed(89, family)
            try await bed.serving(local(bed, 32_089), on: ["node1-pod1"]) {
                try await bed.change(bed.service("LoadBalancer"), on: ["node1-pod1"])
                try await bed.change(local(bed, 32_089), on: ["node1-pod1"])
                let service = try await Cluster(bed.lab).service("b89")
                #expect(service.healthCheckNodePort == 32_089)
                try await bed.expectHealth(200, on: "node1", port: 32_089)
            }
        }

        @Test("90: the health check's port is free once the type has changed",
            arguments: Family.allCases)
        func notLeaked(family: Family) async throws {
            let bed = Bed(90, family)
            try await bed.serving(local(bed, 32_090), on: ["node1-pod1"]) {
                try await bed.change(bed.service(), on: ["node1-pod1"])
                try await bed.expectHealth(0, on: "node1", port: 32_090)
                try await bed.change([
                    bed.service().yaml, local(bed, 32_090, variant: 1).yaml,
                    bed.pod("node1-pod1").yaml, bed.pod("node1-pod2", variant: 1).yaml,
                ])
                let heir = try await Cluster(bed.lab).service("b90-b")
                #expect(heir.healthCheckNodePort == 32_090)
                try await bed.expectHealth(200, on: "node1", port: 32_090)
            }
        }

        @Test("91: the health check tells Service, endpoints and weight", arguments: Family.allCases)
        func answer(family: Family) async throws {
            struct Answer: Decodable {
                struct Name: Decodable {
                    let namespace: String
                    let name: String
                }
                let service: Name
                let localEndpoints: Int
            }
            let bed = Bed(91, family)
            let pods = ["node1-pod1", "node1-pod2", "node2-pod1"]
            try await bed.serving(local(bed, 32_091), on: pods) {
                for (node, count) in [("node1", 2), ("node2", 1), ("node3", 0)] {
                    let status = count > 0 ? 200 : 503
                    try await bed.expectHealth(status, on: node, port: 32_091)
                    let url = "http://\(Cluster.text(TestBed.address(of: node, family), 32_091))/"
                    let text = try await bed.lab.inNetwork(
                        of: "client", "curl", "--silent", "--globoff", "--include", url
                    ).text.replacing("\r\n", with: "\n")
                    let parts = text.split(separator: "\n\n", maxSplits: 1)
                    try #require(parts.count == 2)
                    let answer = try JSONDecoder().decode(Answer.self, from: Data(parts[1].utf8))
                    #expect(answer.service.namespace == "default")
                    #expect(answer.service.name == "b91")
                    #expect(answer.localEndpoints == count)
                    let head = parts[0].lowercased()
                    #expect(head.contains("x-load-balancing-endpoint-weight: \(count)"))
                    #expect(head.contains("content-type: application/json"))
                }
            }
        }
    }
}

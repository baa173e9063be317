import Foundation
import LabKit
import Testing

extension LabTests {
    /// One endpoint on node1, one on node2, three on node3, of which the nodes tell themselves.
    @Suite("nodes with unequal numbers of endpoints, and the policy Local")
    struct WeightTests {
        private let lab = Lab.shared
        private static let counts = ["node1": 1, "node2": 1, "node3": 3]

        /// node3-pod2 has a second address, for the third endpoint.
        private func withThirdEndpoint(_ body: () async throws -> Void) async throws {
            let (v4, v6) = ("10.244.3.4/32", "fd44:0:0:3::4/128")
            try await lab.restoring {
                for address in [v4, v6] {
                    try await lab.exec("node3-pod2", "ip", "address", "add", address, "dev", "eth0")
                    try await lab.exec("node3", "ip", "route", "add", address, "dev", "pod2")
                }
                try await body()
            } afterwards: {
                for address in [v4, v6] {
                    _ = try await lab.attempt("node3", "ip", "route", "delete", address)
                    _ = try await lab.attempt(
                        "node3-pod2", "ip", "address", "delete", address, "dev", "eth0")
                }
            }
        }

        private static func manifest(_ dataPlane: String) -> String {
            let slices = Family.allCases.map { family in
                let endpoints = counts.sorted { $0.key < $1.key }.flatMap { node, count in
                    (2..<2 + count).map { number in
                        let prefix =
                            family == .v4
                            ? "10.244.\(node.suffix(1))." : "fd44:0:0:\(node.suffix(1))::"
                        return "  - {addresses: [\"\(prefix)\(number)\"], nodeName: \(node)}"
                    }
                }
                return """
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata:
                      name: weighed-\(family)
                      labels: {kubernetes.io/service-name: weighed}
                    addressType: \(family == .v4 ? "IPv4" : "IPv6")
                    ports: [{name: http, port: 8080}]
                    endpoints:
                    \(endpoints.joined(separator: "\n"))

                    """
            }
            return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: weighed
                  annotations: {sluice.io/data-plane: \(dataPlane)}
                spec:
                  type: LoadBalancer
                  externalTrafficPolicy: Local
                  ipFamilyPolicy: PreferDualStack
                  ports:
                    - {name: http, protocol: TCP, port: 80, targetPort: 8080}
                \(slices.joined())
                """
        }

        /// Runs the body with the Service's addresses once the balancer knows the weights.
        private func weighed(
            by dataPlane: String, _ body: (_ targets: [String]) async throws -> Void
        ) async throws {
            try await withThirdEndpoint {
                try await lab.withAddresses(of: "weighed", Self.manifest(dataPlane)) { targets in
                    try await eventually("both families have the nodes' weights") {
                        try await weights() == Self.counts.values.sorted()
                            + Self.counts.values.sorted()
                    }
                    try await body(targets)
                }
            }
        }

        private struct Status: Decodable {
            struct Service: Decodable {
                struct Backend: Decodable {
                    let weight: Int
                }

                let name: String
                let backends: [Backend]
            }

            let services: [Service]
        }

        /// The weights of the Service's targets as the balancer tells them.
        private func weights() async throws -> [Int] {
            let text = try await lab.balancerStatus()
            let status = try JSONDecoder().decode(Status.self, from: Data(text.utf8))
            return status.services.first { $0.name == "default/weighed" }?.backends.map(\.weight)
                ?? []
        }

        /// 600 connections from as many source ports go to the nodes by their weights.
        ///
        /// Five times the standard deviation is less than a tenth of them.
        private func expectShares(of counts: [String: Int], at target: String) async throws {
            let report = try await lab.send(600, from: "client", to: [target], atOnce: 20)
            #expect(report.answered == 600)
            #expect(report.nodes == Set(counts.keys))
            for (node, count) in counts {
                let share = Double(count) / Double(counts.values.reduce(0, +))
                #expect(abs(Double(report.answers(of: node)) / 600 - share) < 0.1, "\(node)")
            }
        }

        @Test(
            "connections are spread by the number of endpoints",
            arguments: ["masquerade", "direct-return"])
        func shares(dataPlane: String) async throws {
            try await weighed(by: dataPlane) { targets in
                for target in targets { try await expectShares(of: Self.counts, at: target) }
            }
        }

        @Test(
            "direct return: a node dies, its slots go to the others by weight, and few of theirs move",
            arguments: Family.allCases)
        func death(family: Family) async throws {
            try await weighed(by: "direct-return") { targets in
                let target = try #require(
                    targets.first { family.contains($0.replacing(#/:80$/#, with: "")) })
                try await eventually("all nodes have slots", within: .seconds(60)) {
                    try await SlotListing(lab, "balancer", family).nodes == ["1", "2", "3"]
                }
                let before = try await SlotListing(lab, "balancer", family)
                try await lab.restoring {
                    try await lab.run("silence", "node2")
                    try await eventually("node2 has no slot", within: .seconds(60)) {
                        try await SlotListing(lab, "balancer", family).nodes == ["1", "3"]
                    }
                    let after = try await SlotListing(lab, "balancer", family)
                    let moved = before.slots.filter { after.slots[$0.key] != $0.value }
                    let own = before.slots.values.count { $0 == "2" }
                    #expect(moved.values.count { $0 == "2" } == own)
                    #expect(moved.count - own <= before.slots.count * 6 / 100)
                    #expect(after.slots.count == before.slots.count)
                    let heavy = after.slots.values.count { $0 == "3" }
                    #expect(abs(heavy * 4 - after.slots.count * 3) <= after.slots.count / 25)
                    try await expectShares(of: ["node1": 1, "node3": 3], at: target)
                } afterwards: {
                    try await lab.run("unsilence", "node2")
                    try await eventually("node2 has its slots again", within: .seconds(60)) {
                        try await SlotListing(lab, "balancer", family) == before
                    }
                    try await Cluster(lab).waitUntilServed()
                }
            }
        }
    }
}

import Foundation
import LabKit
import Testing

extension LabTests {
    /// Node2's checks succeed all the while: its Node object alone speaks against it.
    @Suite("a node that its Node object takes out of the balancer")
    struct EligibilityTests {
        private let lab = Lab.shared
        private static let file = "node2.yaml"

        /// What stands in a Node, behind which line of its manifest, and what the status calls it.
        private struct Sign: CustomStringConvertible {
            let line: String
            let text: String
            let state: String

            var description: String { text }

            static let excluded = Sign(
                line: "  labels:",
                text: "    node.kubernetes.io/exclude-from-external-load-balancers: \"\"",
                state: "excluded")
            static let deleted = Sign(
                line: "metadata:", text: "  deletionTimestamp: \"2026-01-31T12:00:00Z\"",
                state: "leaving")
            static let tainted = Sign(
                line: "spec:",
                text: "  taints: [{key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]",
                state: "leaving")
            static let notReady = Sign(
                line: "status:", text: "  conditions: [{type: Ready, status: \"False\"}]",
                state: "not-ready")
            static let drained = Sign(
                line: "metadata:", text: "  annotations: {sluice.io/balancer-state: drain}",
                state: "drain")
            static let maintained = Sign(
                line: "metadata:", text: "  annotations: {sluice.io/balancer-state: maintenance}",
                state: "maintenance")
            static let cordoned = Sign(
                line: "spec:", text: "  unschedulable: true", state: "cordoned")

            /// The manifest with the sign in it.
            func put(into manifest: String) -> String {
                manifest.replacing("\n\(line)\n", with: "\n\(line)\n\(text)\n", maxReplacements: 1)
            }
        }

        /// Runs the body while node2's Node bears a sign.
        private func bearing(_ sign: Sign, _ body: () async throws -> Void) async throws {
            let place = "\(try await lab.manifestFolder())/\(Self.file)"
            let manifest = try String(contentsOfFile: place, encoding: .utf8)
            let signed = sign.put(into: manifest)
            try #require(signed != manifest)
            try await lab.apply(signed, as: Self.file)
            try await lab.restoring(body) { try await lab.apply(manifest, as: Self.file) }
        }

        /// Waits until new connections to each of these go to these nodes and no others.
        private func expect(_ nodes: [String], at targets: [String], _ what: String) async throws {
            for target in targets {
                var report: LoadReport?
                do {
                    try await eventually(
                        "\(target) leads to \(nodes), \(what)", within: .seconds(60)
                    ) {
                        report = try await lab.send(
                            60, from: "client", to: [target], atOnce: 6, timeoutMilliseconds: 900)
                        return report?.answered == 60 && report?.nodes == Set(nodes)
                    }
                } catch {
                    throw Unexpected("\(error): \(report?.answersByPod ?? [:])")
                }
            }
        }

        /// The word for node2 in the status.
        private func state() async throws -> String {
            let text = try await lab.start("balancer", ["sluice", "balancer", "status"]).finish()
                .checked().text
            let line = text.split(separator: "\n").first { $0.hasPrefix("node2 ") }
            return line?.split(separator: " ").dropFirst().first.map { "\($0)" } ?? ""
        }

        @Test(
            "it gets no new connection, masqueraded or handed on, in both families, until the sign goes"
        )
        func signs() async throws {
            try await lab.withDirectReturn { cluster in
                let targets =
                    try await cluster.targets("web-public", .virtualIP)
                    + cluster.targets("direct", .virtualIP)
                for sign in [
                    Sign.excluded, .deleted, .tainted, .notReady, .drained, .maintained,
                ] {
                    try await bearing(sign) {
                        try await expect(["node1", "node3"], at: targets, "while it has \(sign)")
                        #expect(try await state() == sign.state)
                    }
                    try await expect(Lab.nodes, at: targets, "after it had \(sign)")
                }
            }
            try await Cluster(lab).waitUntilServed()
        }

        @Test("one that is cordoned is avoided where that is chosen, and used where it is not")
        func cordoned() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            try await lab.restoringBalancer {
                try await bearing(.cordoned) {
                    try await lab.restart("balancer", "balancer", with: "--cordoned", "avoid")
                    try await expect(["node1", "node3"], at: targets, "which is avoided")
                    #expect(try await state() == "cordoned")
                    try await lab.restart("balancer", "balancer")
                    try await expect(Lab.nodes, at: targets, "which is used")
                    #expect(try await state() == "ready")
                }
            }
        }

        /// That none of a family's 30 is node2's happens once in 190,000 runs.
        @Test("connections that stand go on")
        func connectionsGoOn() async throws {
            let service = try await Cluster(lab).service("web-public")
            let programs = try service.virtualIPs.map {
                try lab.startInNetwork(
                    of: "client", [Lab.tool("streams.py"), $0, "80", "53", "30", "4"])
            }
            #expect(programs.count == 2)
            for program in programs {
                try await eventually("the downloads have begun", within: .seconds(60)) {
                    program.said.contains("begun")
                }
            }
            try await bearing(.excluded) {
                let targets = try await Cluster(lab).targets("web-public", .virtualIP)
                try await expect(["node1", "node3"], at: targets, "while downloads run")
                for program in programs {
                    let ends = try await Streams(program).ends()
                    #expect(ends.values.map(\.completed).reduce(0, +) == 30)
                    #expect(ends.values.allSatisfy { $0.broken == 0 })
                }
            }
            try await Cluster(lab).waitUntilServed()
        }
    }
}

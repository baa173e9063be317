import Foundation
import LabKit
import Testing

extension LabTests {
    /// `deploy/chaos` runs it for ten minutes; here it takes a moment.
    @Suite("random changes, restarts, kill -9, foreign flushes and API outages at once")
    struct ChaosTests {
        private let lab = Lab.shared

        private static let environment = ProcessInfo.processInfo.environment
        private static let seed = environment["SLUICE_CHAOS_SEED"].flatMap(UInt64.init) ?? 1
        private static let seconds = environment["SLUICE_CHAOS_SECONDS"].flatMap(Int.init) ?? 12

        @Test(
            "the kernel is what a fresh plan says, and untouched Services lost no connection",
            arguments: [seed])
        func chaos(seed: UInt64) async throws {
            let run = try await ChaosRun(lab, seed: seed)
            try await lab.with(ChaosLoad.manifest, as: "chaos-kept.yaml") {
                try await lab.restoring {
                    try await run.prepare()
                    let load = try await ChaosLoad(lab)
                    defer { load.stop() }
                    run.say("seed \(seed), \(Self.seconds) s")
                    let tally = try await run.run(for: .seconds(Self.seconds), load)
                    run.say("seed \(seed): \(tally.text)")
                    try await run.settle(turn: 1)
                    try await expectFreshPlan(listed: false)
                    try await run.shareNoAffinity()
                    try await expectFreshPlan()
                    try await load.endCareless()
                    run.removeServices()
                    try await run.settle(turn: 4)
                    try await expectFreshPlan()
                    try await expectNoFlows()
                    for result in try await load.end() {
                        run.say("\(result)")
                        #expect(result.report.failed == 0, "seed \(seed): \(result)")
                        #expect(result.report.answered > 0)
                    }
                } afterwards: {
                    try await run.restore()
                }
            }
            try await Cluster(lab).waitUntilServed()
        }

        /// Every node's kernel holds what a process that knows only the API's objects plans for
        /// it: by the plan's own comparison, and by nft's listing of either.
        private func expectFreshPlan(listed: Bool = true) async throws {
            for node in Lab.nodes {
                let source =
                    ["--node-name", node, "--api", Lab.api] + Lab.ranges
                    + ChaosDisruption.arguments(of: node)
                var differences = ""
                do {
                    // Idle chains go every ten seconds; who is repaired often waits a minute.
                    try await eventually("\(node) is as planned", within: .seconds(150)) {
                        let output = try await lab.start(node, ["sluice", "diff"] + source).finish()
                        differences = output.text + output.complaint
                        return output.status == 0
                    }
                } catch {
                    throw Unexpected("\(error):\n\(differences.prefix(4_000))")
                }
                let own = try await lab.attempt(node, "sluice", "diff")
                #expect(own.status == 0, "\(node)'s own plan: \(own.text)\(own.complaint)")
                if listed { try await expectListing(of: node, source) }
            }
            let balancer = try await lab.attempt("balancer", "sluice", "diff")
            #expect(balancer.status == 0, "balancer: \(balancer.text)\(balancer.complaint)")
        }

        private func expectListing(of node: String, _ source: [String]) async throws {
            let rules = try await lab.start(node, ["sluice", "rules"] + source).finish().checked()
            for family in ["ip", "ip6"] {
                let planned = try await TableListing(rules.text).withoutLearning
                    .reloaded(family, "sluice")
                let kernel = try await TableListing(lab, node, family, "sluice").withoutLearning
                let differences = planned.differences(from: kernel)
                #expect(differences.isEmpty, "\(node) \(family)")
            }
        }

        /// No tracked flow of datagrams leads from a Service that went to a pod.
        private func expectNoFlows() async throws {
            let frontends = Family.allCases.flatMap { family in
                (0..<ChaosService.count).map { "dst=\(ChaosService.clusterIP($0, family)) " }
            }
            for node in Lab.nodes {
                var left: [Substring] = []
                do {
                    try await eventually("\(node) tracks no flow of a Service that went") {
                        left = try await translatedFlows(on: node).filter { flow in
                            frontends.contains { flow.contains($0) }
                        }
                        return left.isEmpty
                    }
                } catch {
                    throw Unexpected("\(error):\n\(left.prefix(10).joined(separator: "\n"))")
                }
            }
        }

        private func translatedFlows(on node: String) async throws -> [Substring] {
            var flows: [Substring] = []
            for family in ["ipv4", "ipv6"] {
                flows += try await lab.inNetwork(
                    of: node, "conntrack", "-L", "-p", "udp", "-f", family, "--dst-nat"
                ).text.split(separator: "\n")
            }
            return flows
        }
    }
}

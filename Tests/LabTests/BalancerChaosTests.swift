import Foundation
import LabKit
import Support
import Testing

extension LabTests {
    /// `deploy/chaos` runs it as long as that of the nodes; here it takes a moment.
    @Suite("random deaths of nodes, drains, flapping checks, kill -9, flushes and API outages")
    struct BalancerChaosTests {
        private let lab = Lab.shared
        private static let environment = ProcessInfo.processInfo.environment
        private static let seed = environment["SLUICE_CHAOS_SEED"].flatMap(UInt64.init) ?? 1
        private static let seconds = environment["SLUICE_CHAOS_SECONDS"].flatMap(Int.init) ?? 12
        /// Its only node is spared by everything that happens.
        private static let steady = LabServices.localService(
            "steady", selector: ["name": "node1-pod1"], hasDatagrams: false)

        @Test(
            "the kernel is what a balancer that starts now makes, and a healthy node lost no request",
            arguments: [seed])
        func chaos(seed: UInt64) async throws {
            try await lab.restoring {
                try await lab.restart("balancer", "balancer", with: BalancerDisruption.arguments)
                try await lab.with(Self.steady, as: "steady.yaml") {
                    let load = try await startLoad()
                    defer { load.signal(SIGKILL) }
                    let tally = try await run(seed)
                    say("seed \(seed), \(Self.seconds) s: \(tally)")
                    load.signal(SIGINT)
                    let report = try LoadReport(json: try await load.finish().checked().text)
                    say("\(report.answered) answered, \(report.failed) failed")
                    if report.failed > 0 { say(try await lab.log("balancer", "balancer")) }
                    #expect(report.failed == 0, "seed \(seed): \(report)")
                    #expect(report.answered > 0)
                    try await BalancerDisruption.endOrders(in: lab)
                    try await nameDataPlanes()
                    try await expectFreshPlan()
                }
            } afterwards: {
                try await restore()
            }
        }

        private func say(_ text: String) {
            FileHandle.standardError.write(Data("balancer chaos: \(text)\n".utf8))
        }

        /// 100 requests a second to the spared node, in both families, for as long as it takes.
        private func startLoad() async throws -> Program {
            try await eventually("the Service has addresses") {
                try await Cluster(lab).services()["steady"]?.virtualIPs.count == 2
            }
            let targets = try await Cluster(lab).targets("steady", .virtualIP)
            try await lab.waitUntil(["node1"], answerAt: targets)
            let load = try lab.startInNetwork(
                of: "client",
                [
                    "loadgen", "-j", "-i", "500", "-d", "86400", "-t", "900", "-r", "100", "-c",
                    "1000",
                ]
                    + targets)
            try await eventually("the load has begun") { load.complaint.contains(#/ok=[1-9]/#) }
            return load
        }

        /// Lets everything happen until the time is over, and says what did.
        private func run(_ seed: UInt64) async throws -> String {
            let end = ContinuousClock.now + .seconds(Self.seconds)
            async let changes = change(seed, until: end)
            var random = SplitMix(seed: seed ^ 0xd154)
            var tally: [String: Int] = [:]
            while ContinuousClock.now < end {
                let disruption = BalancerDisruption.random(using: &random)
                say("\(disruption)")
                do {
                    try await disruption.happen(in: lab)
                } catch {
                    throw Unexpected("\(disruption): \(error)")
                }
                tally[disruption.kind, default: 0] += 1
            }
            let kinds = tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            return "\(try await changes) changes; \(kinds.joined(separator: ", "))"
        }

        /// One Service after the other is made, replaced or taken away.
        private func change(_ seed: UInt64, until end: ContinuousClock.Instant) async throws -> Int
        {
            var random = SplitMix(seed: seed ^ 0xc4a05)
            let folder = try await lab.manifestFolder()
            var count = 0
            while ContinuousClock.now < end {
                let place = Int.random(in: 0..<BalancerChaosService.count, using: &random)
                let file = "\(folder)/\(BalancerChaosService.name(place)).yaml"
                if random.chance(0.2) {
                    try? FileManager.default.removeItem(atPath: file)
                } else {
                    let service = BalancerChaosService(place, using: &random)
                    try Data(service.yaml.utf8).write(to: URL(filePath: file), options: .atomic)
                }
                count += 1
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
            }
            return count
        }

        /// Gives each Service a data plane that can be read: where it cannot, a balancer goes on with
        /// the one that the Service had, which one that starts anew does not know.
        private func nameDataPlanes() async throws {
            let folder = try await lab.manifestFolder()
            for place in 0..<BalancerChaosService.count {
                let file = "\(folder)/\(BalancerChaosService.name(place)).yaml"
                guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                    continue
                }
                try Data(text.replacing("nonsense", with: "masquerade").utf8)
                    .write(to: URL(filePath: file), options: .atomic)
            }
        }

        /// The balancer's own plan is in the kernel, and its tables are those that a balancer has
        /// which was not there; numbers of groups in the tables at the device are its own affair.
        private func expectFreshPlan() async throws {
            try await BalancerDisruption.start(
                "balancer2", BalancerDisruption.arguments + ["--announce", "none"], lab)
            var differences: [String] = []
            do {
                // Chains that nobody uses any more go every ten seconds.
                try await eventually("both balancers have one plan", within: .seconds(120)) {
                    differences = try await self.differences()
                    return differences.isEmpty
                }
            } catch {
                for host in ["balancer", "balancer2"] {
                    say(try await lab.exec(host, "sluice", "balancer", "status"))
                }
                throw Unexpected("\(error):\n\(differences.joined(separator: "\n"))")
            }
        }

        private func differences() async throws -> [String] {
            var differences: [String] = []
            for family in ["ip", "ip6"] {
                let table = "sluice-balancer"
                let old = try await TableListing(lab, "balancer", family, table).withoutLearning
                let new = try await TableListing(lab, "balancer2", family, table).withoutLearning
                differences += new.differences(from: old).map { "\(family): \($0)" }
            }
            let own = try await lab.attempt("balancer", "sluice", "diff")
            return own.status == 0 ? differences : differences + [own.text + own.complaint]
        }

        /// Brings the lab back as it was, as far as anything is still there to be brought back.
        private func restore() async throws {
            _ = try? await lab.run("kill", "balancer2", "balancer")
            for place in 0..<BalancerChaosService.count {
                _ = try? await lab.run("delete", "\(BalancerChaosService.name(place)).yaml")
            }
            _ = try? await lab.run("start", "control", "api")
            for node in BalancerDisruption.nodes {
                _ = try? await lab.run("unsilence", node)
                _ = try? await lab.run("start", node, "proxy")
            }
            try? await BalancerDisruption.endOrders(in: lab)
            _ = try? await lab.run("kill", "balancer", "balancer")
            try await lab.run("start", "balancer", "balancer")
            try await Cluster(lab).waitUntilServed()
        }
    }
}

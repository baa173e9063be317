import LabKit
import Testing

extension LabTests {
    @Suite("a pod is taken out of the manifests")
    struct RemovalTests {
        private let lab = Lab.shared

        private static let sides: [(String, FrontendKind)] = [
            ("node1-pod1", .clusterIP), ("node3", .clusterIP),
            ("client", .nodePort(node: "node3")), ("client", .virtualIP),
        ]

        /// The pod itself lives on and would answer whoever is sent to it.
        @Test("it never answers again, over TCP or UDP, nor to a source port it has answered")
        func neverAnswersAgain() async throws {
            let ways = Way.all("trio", Self.sides)
            let kept = try await keptPorts(of: ways.filter { $0.transport == .udp })
            try await lab.without("node2-pod1.yaml") {
                try await waitUntilGone()
                for port in kept { try await expectSilence(of: port) }
                for way in ways {
                    let report = try await lab.send(
                        60, way.transport, from: way.host, to: [try await way.target(in: lab)],
                        atOnce: 6)
                    #expect(report.answered == 60, "\(way.testDescription)")
                    #expect(
                        report.pods == ["node1-pod1", "node3-pod1"], "\(way.testDescription)")
                }
            }
            try await Cluster(lab).waitUntilServed()
        }

        /// A UDP socket that node2-pod1 has answered: the kernel remembers the flow.
        private struct KeptPort {
            let way: Way
            let target: String
            let number: Int
        }

        private func keptPorts(of ways: [Way]) async throws -> [KeptPort] {
            var ports: [KeptPort] = []
            for way in ways {
                let target = try await way.target(in: lab)
                let numbers = 41_000..<41_060
                let kept = try await numbers.firstAsync { number in
                    try await answers(way, target, from: number).pods == ["node2-pod1"]
                }
                ports.append(KeptPort(way: way, target: target, number: try #require(kept)))
            }
            return ports
        }

        private func answers(
            _ way: Way, _ target: String, from port: Int, count: Int = 1
        ) async throws -> LoadReport {
            try await lab.send(
                count, .udp, from: way.host, to: [target], timeoutMilliseconds: 1000,
                more: ["-p", "\(port)-\(port)"])
        }

        private func expectSilence(of port: KeptPort) async throws {
            let report = try await answers(port.way, port.target, from: port.number, count: 20)
            #expect(report.answered == 20, "\(port.way.testDescription)")
            #expect(!report.pods.contains("node2-pod1"), "\(port.way.testDescription)")
        }

        /// Until the maps of all nodes, and then the flows they remember, are without the pod.
        private func waitUntilGone() async throws {
            for node in Lab.nodes {
                var left: [String] = []
                do {
                    try await eventually("\(node) sends nothing to the removed pod") {
                        left = try await traces(on: node)
                        return left.isEmpty
                    }
                } catch {
                    throw Unexpected("\(error): \(left)")
                }
            }
        }

        /// Elements and translated UDP flows of a node that lead to node2-pod1.
        private func traces(on node: String) async throws -> [String] {
            let tables = try await lab.exec(node, "nft", "list", "ruleset")
                .split { $0 == "\n" || $0 == "," }
            var flows: [Substring] = []
            for family in ["ipv4", "ipv6"] {
                flows += try await lab.exec(node, "conntrack", "-L", "-p", "udp", "-f", family)
                    .split(separator: "\n")
            }
            var traces: [Substring] = []
            for pod in ["10.244.2.2", "fd44:0:0:2::2"] {
                traces += tables.filter { $0.contains(": \(pod) .") }
                traces += flows.filter {
                    $0.contains("src=\(pod) ") && !$0.contains("dst=\(pod) ")
                }
            }
            return traces.map(String.init)
        }
    }
}

extension Sequence {
    fileprivate func firstAsync(
        where isWanted: (Element) async throws -> Bool
    ) async throws -> Element? {
        for element in self where try await isWanted(element) { return element }
        return nil
    }
}

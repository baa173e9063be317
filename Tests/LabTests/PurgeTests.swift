import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("connections that stand when their node goes silent")
    struct PurgeTests {
        private let lab = Lab.shared

        private struct Status: Decodable {
            struct Node: Decodable {
                let name: String
                let state: String
                let flows: Int
            }

            let nodes: [Node]
        }

        private func node2() async throws -> Status.Node {
            let text = try await lab.balancerStatus()
            return try #require(
                try JSONDecoder().decode(Status.self, from: Data(text.utf8)).nodes
                    .first { $0.name == "node2" })
        }

        /// The client's established connections to node2 that the balancer tracks, of both families.
        private func established() async throws -> [Int] {
            var counts: [Int] = []
            for (family, client, node) in [
                ("ipv4", "203.0.113.10", "192.168.50.2"), ("ipv6", "2001:db8:113::10", "fd50::2"),
            ] {
                let text = try await lab.exec(
                    "balancer", "conntrack", "-L", "-f", family, "-p", "tcp", "--state",
                    "ESTABLISHED", "--orig-src", client, "--reply-src", node)
                counts.append(text.split(separator: "\n").count)
            }
            return counts
        }

        /// How many of the held connections are broken.
        private func broken(_ program: Program) -> Int {
            program.said.matches(of: #/broken (\d+)/#).last.flatMap { Int($0.1) } ?? 0
        }

        /// Runs the body while the client holds 30 connections of each family, some of them to
        /// node2, and node2 is silent.
        private func whileSilent(
            _ body: (_ held: Program, _ before: [Int]) async throws -> Void
        ) async throws {
            let addresses = try await Cluster(lab).service("web-public").virtualIPs
            let held = try lab.startInNetwork(
                of: "client", [Lab.tool("held.py"), "80", "30"] + addresses)
            defer { held.signal(SIGKILL) }
            try await eventually("the connections stand", within: .seconds(60)) {
                held.said.contains("begun")
            }
            var before: [Int] = []
            // None of 30 is node2's once in 190,000 runs.
            try await eventually("node2 has some of both families, which the status tells") {
                before = try await established()
                let told = try await node2().flows
                return before.allSatisfy { $0 > 0 } && told >= before.reduce(0, +)
            }
            try await lab.restoring {
                try await lab.run("silence", "node2")
                try await eventually("node2 is found to be silent", within: .seconds(60)) {
                    try await node2().state == "unhealthy"
                }
                try await body(held, before)
            } afterwards: {
                try await lab.run("unsilence", "node2")
                try await Cluster(lab).waitUntilServed()
            }
        }

        @Test("clients learn of it at once, and may connect anew; other nodes' connections go on")
        func purged() async throws {
            try await whileSilent { held, before in
                try await eventually("all of node2's are ended", within: .seconds(60)) {
                    broken(held) == before.reduce(0, +)
                }
                #expect(try await established() == [0, 0])
                let targets = try await Cluster(lab).targets("web-public", .virtualIP)
                #expect(try await lab.send(60, from: "client", to: targets).answered == 60)
                #expect(broken(held) == before.reduce(0, +))
            }
        }

        @Test("with `--on-down keep` they wait for the node, and no new connection fails")
        func kept() async throws {
            try await lab.restoringBalancer {
                try await lab.restart("balancer", "balancer", with: "--on-down", "keep")
                try await Cluster(lab).waitUntilServed()
                try await whileSilent { held, before in
                    let targets = try await Cluster(lab).targets("web-public", .virtualIP)
                    #expect(try await lab.send(60, from: "client", to: targets).answered == 60)
                    #expect(try await established() == before)
                    try await lab.run("unsilence", "node2")
                    try await Cluster(lab).waitUntilServed()
                    #expect(try await established() == before)
                    #expect(broken(held) == 0)
                }
            }
        }
    }
}

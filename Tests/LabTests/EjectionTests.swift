import Foundation
import LabKit
import Testing

extension LabTests {
    /// The nodes' proxies are well all the time, and so is every check.
    ///
    /// A node's port of each family is a target of its own: both are ejected, and both come back.
    @Suite("a node whose port drops or refuses connections, which no check notices")
    struct EjectionTests {
        private let lab = Lab.shared

        private struct Status: Decodable {
            struct Service: Decodable {
                struct Backend: Decodable {
                    let node: String
                    let target: String
                    let state: String
                }

                let backends: [Backend]
            }

            let services: [Service]
        }

        /// The targets that are ejected, such as `192.168.50.2:30080/tcp`.
        private func ejected() async throws -> [String] {
            let text = try await lab.balancerStatus()
            return try JSONDecoder().decode(Status.self, from: Data(text.utf8)).services
                .flatMap(\.backends).filter { $0.state == "ejected" }.map(\.target)
        }

        /// Sends until node2 is ejected, in both families.
        private func sendUntilEjected(_ targets: [String]) async throws {
            try await eventually("node2 is ejected in both families", within: .seconds(60)) {
                _ = try await lab.send(
                    60, from: "client", to: targets, atOnce: 60, timeoutMilliseconds: 300)
                let ejected = try await ejected()
                return ejected.count == 2
                    && ejected.contains { $0.hasPrefix("192.168.50.2:") }
                    && ejected.contains { $0.hasPrefix("[fd50::2]:") }
            }
        }

        /// The connections of which the balancer has seen that nobody answered.
        private func unanswered() async throws -> Double {
            try await lab.metric(
                "sluice_balancer_observed_connections_total", with: "unanswered")
        }

        /// Runs the body with a balancer that was started with these arguments.
        private func withBalancer(
            _ arguments: [String], body: () async throws -> Void
        ) async throws {
            try await lab.restoringBalancer {
                try await lab.restart("balancer", "balancer", with: arguments)
                try await Cluster(lab).waitUntilServed()
                try await body()
            }
        }

        /// Runs the body with the Service's address of each family while nodes drop what comes to
        /// its port, or have this fate for what this match says of it.
        private func whileFailing(
            _ match: String = "", fate: String = "drop", on nodes: [String],
            selector: [String: String] = ["ordinal": "1"], _ annotations: [String: String] = [:],
            _ body: (_ targets: [String], _ repair: () async throws -> Void) async throws -> Void
        ) async throws {
            let manifest = LabServices.localService(
                "observed", annotations.merging(["ejection": "on"]) { own, _ in own },
                selector: selector, hasDatagrams: false)
            try await lab.withAddresses(of: "observed", manifest) { targets in
                try await eventually("it answers") {
                    try await lab.send(18, from: "client", to: targets, timeoutMilliseconds: 500)
                        .answered == 18
                }
                let port = try await Cluster(lab).service("observed").nodePorts.first ?? 0
                let repair = {
                    for node in nodes {
                        _ = try await lab.attempt(node, "nft", "delete", "table", "inet", "failing")
                    }
                }
                try await lab.restoring {
                    for node in nodes {
                        try await lab.exec(
                            node, "nft",
                            """
                            add table inet failing; add chain inet failing prerouting { \
                            type filter hook prerouting priority -300; }; \
                            add rule inet failing prerouting tcp dport \(port) \(match) \(fate)
                            """)
                    }
                    try await body(targets) { try await repair() }
                } afterwards: {
                    try await repair()
                }
            }
        }

        /// A refusal is held back, so no client notices; five of them in a row are an ejection.
        @Test(
            "it is ejected, no client fails then, and it comes back after its time",
            arguments: ["drop", "reject with tcp reset"])
        func comesBack(fate: String) async throws {
            try await withBalancer(["--ejection-time", "8s"]) {
                try await whileFailing(fate: fate, on: ["node2"]) { targets, repair in
                    try await sendUntilEjected(targets)
                    let report = try await lab.send(
                        60, from: "client", to: targets, atOnce: 20, timeoutMilliseconds: 900)
                    #expect(report.answered == 60)
                    try await repair()
                    for target in targets {
                        try await eventually("node2 is back", within: .seconds(60)) {
                            try await lab.send(
                                30, from: "client", to: [target], atOnce: 10,
                                timeoutMilliseconds: 900
                            ).nodes.contains("node2")
                        }
                    }
                    #expect(try await ejected().isEmpty)
                }
            }
        }

        /// A third of the tries would go to it, none with the time for a second SYN.
        @Test("it stays ejected over kill -9 and a restart of the balancer")
        func staysEjected() async throws {
            let arguments = ["--ejection-time", "5m"]
            try await withBalancer(arguments) {
                try await whileFailing(on: ["node2"]) { targets, _ in
                    try await sendUntilEjected(targets)
                    let before = try await ejected()
                    try await eventually("it is kept") {
                        let kept = try await lab.exec(
                            "balancer", "cat", "/var/lib/sluice/balancer-ejections.json")
                        return kept.contains("192.168.50.2:") && kept.contains("[fd50::2]:")
                    }
                    try await lab.restart(
                        "balancer", "balancer", signal: "KILL", with: arguments)
                    let report = try await lab.send(
                        60, from: "client", to: targets, atOnce: 20, timeoutMilliseconds: 900)
                    #expect(report.answered == 60)
                    #expect(try await ejected() == before)
                }
            }
        }

        /// The check would need a hundred failures in a row to take the node out by itself.
        @Test("a check that connects to its port brings it back long before its time")
        func checkBringsBack() async throws {
            let notes = ["check": "tcp", "check-fall": "100"]
            try await withBalancer(["--ejection-time", "5m"]) {
                try await whileFailing(on: ["node2"], notes) { targets, repair in
                    try await sendUntilEjected(targets)
                    try await repair()
                    try await eventually("node2 is back", within: .seconds(60)) {
                        try await ejected().isEmpty
                    }
                    for target in targets {
                        let report = try await lab.send(
                            60, from: "client", to: [target], atOnce: 10)
                        #expect(report.answered == 60)
                        #expect(report.nodes.contains("node2"))
                    }
                }
            }
        }

        @Test("where one SYN of a hundred is lost nobody is ejected")
        func loss() async throws {
            let lossy = "tcp flags & (syn | ack) == syn numgen random mod 100 0"
            try await whileFailing(lossy, on: Lab.nodes) { targets, _ in
                let ejections = try await lab.metric("sluice_balancer_ejections_total")
                let observed = try await lab.metric(
                    "sluice_balancer_observed_connections_total")
                let report = try await lab.send(
                    2_000, from: "client", to: targets, atOnce: 50, timeoutMilliseconds: 9_000)
                #expect(report.answered == 2_000)
                #expect(report.seconds > 0.9, "some SYNs were lost, and sent again")
                try await eventually("all of them count") {
                    try await lab.metric("sluice_balancer_observed_connections_total")
                        >= observed + 2_000
                }
                #expect(try await lab.metric("sluice_balancer_ejections_total") == ejections)
                #expect(report.nodes == Set(Lab.nodes))
            }
        }

        @Test("the only node of a Service is never ejected")
        func onlyOne() async throws {
            try await whileFailing(on: ["node1"], selector: ["name": "node1-pod1"]) { targets, _ in
                let before = try await unanswered()
                _ = try await lab.send(
                    60, from: "client", to: targets, atOnce: 60, timeoutMilliseconds: 300)
                try await eventually("all of them count") { try await unanswered() >= before + 60 }
                #expect(try await ejected().isEmpty)
            }
        }
    }
}

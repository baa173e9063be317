import LabKit
import Testing

extension LabTests {
    /// The nodes' proxies are well all the time, and so is every check.
    @Suite("a node whose port drops connections, which no check notices")
    struct EjectionTests {
        private let lab = Lab.shared

        private func manifest(_ selector: String, _ annotations: [String: String]) -> String {
            let notes = annotations.map { ", sluice.io/\($0.key): \"\($0.value)\"" }.sorted()
            return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: observed
                  annotations: {sluice.io/ejection: "on"\(notes.joined())}
                spec:
                  type: LoadBalancer
                  externalTrafficPolicy: Local
                  selector: {\(selector)}
                  ports:
                    - {name: http, protocol: TCP, port: 80, targetPort: http}

                """
        }

        private func isEjected() async throws -> Bool {
            try await lab.balancerStatus().contains("\"ejected\"")
        }

        /// The connections of which the balancer has seen that nobody answered.
        private func unanswered() async throws -> Double {
            try await lab.metric(
                "sluice_balancer_observed_connections_total", with: "unanswered")
        }

        /// Runs the body with the Service's address while nodes drop what comes to its port, or
        /// what this match says of it.
        private func whileDropping(
            _ match: String = "", on nodes: [String], _ selector: String,
            _ annotations: [String: String] = [:],
            _ body: (_ target: String, _ repair: () async throws -> Void) async throws -> Void
        ) async throws {
            try await lab.with(manifest(selector, annotations), as: "observed.yaml") {
                try await eventually("the Service has an address") {
                    (try? await Cluster(lab).target("observed", .virtualIP, .v4)) != nil
                }
                let target = try await Cluster(lab).target("observed", .virtualIP, .v4)
                try await eventually("it answers") {
                    try await lab.send(9, from: "client", to: [target], timeoutMilliseconds: 500)
                        .answered == 9
                }
                let port = try await Cluster(lab).service("observed").nodePorts.first ?? 0
                let repair = {
                    for node in nodes {
                        _ = try await lab.attempt(node, "nft", "delete", "table", "ip", "dropping")
                    }
                }
                try await lab.restoring {
                    for node in nodes {
                        try await lab.exec(
                            node, "nft",
                            """
                            add table ip dropping; add chain ip dropping prerouting { \
                            type filter hook prerouting priority -300; }; \
                            add rule ip dropping prerouting tcp dport \(port) \(match) drop
                            """)
                    }
                    try await body(target) { try await repair() }
                } afterwards: {
                    try await repair()
                }
            }
        }

        @Test("it is ejected, no client fails then, and it comes back after its time")
        func ejected() async throws {
            try await lab.restoring {
                try await lab.restart(
                    "balancer", "balancer", with: "--ejection-time", "2s")
                try await Cluster(lab).waitUntilServed()
                try await whileDropping(on: ["node2"], "ordinal: \"1\"") { target, repair in
                    try await eventually("node2 is ejected") {
                        _ = try await lab.send(
                            30, from: "client", to: [target], atOnce: 30, timeoutMilliseconds: 300)
                        return try await isEjected()
                    }
                    let report = try await lab.send(
                        60, from: "client", to: [target], atOnce: 10, timeoutMilliseconds: 900)
                    #expect(report.answered == 60)
                    try await repair()
                    try await eventually("node2 is back") {
                        let report = try await lab.send(
                            30, from: "client", to: [target], atOnce: 10, timeoutMilliseconds: 900)
                        return report.pods.contains("node2-pod1")
                    }
                    #expect(try await !isEjected())
                }
            } afterwards: {
                try await lab.restart("balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
        }

        /// The check would need a hundred failures in a row to take the node out by itself.
        @Test("a check that connects to its port brings it back long before its time")
        func checkBringsBack() async throws {
            let notes = ["check": "tcp", "check-fall": "100"]
            try await lab.restoring {
                try await lab.restart("balancer", "balancer", with: "--ejection-time", "5m")
                try await Cluster(lab).waitUntilServed()
                try await whileDropping(on: ["node2"], "ordinal: \"1\"", notes) { target, repair in
                    try await eventually("node2 is ejected") {
                        _ = try await lab.send(
                            30, from: "client", to: [target], atOnce: 30, timeoutMilliseconds: 300)
                        return try await isEjected()
                    }
                    try await repair()
                    try await eventually("node2 is back", within: .seconds(60)) {
                        try await !isEjected()
                    }
                    let report = try await lab.send(60, from: "client", to: [target], atOnce: 10)
                    #expect(report.answered == 60)
                    #expect(report.nodes.contains("node2"))
                }
            } afterwards: {
                try await lab.restart("balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
        }

        @Test("where one SYN of a hundred is lost nobody is ejected")
        func loss() async throws {
            let lossy = "tcp flags & (syn | ack) == syn numgen random mod 100 0"
            try await whileDropping(lossy, on: Lab.nodes, "ordinal: \"1\"") { target, _ in
                let ejections = try await lab.metric("sluice_balancer_ejections_total")
                let observed = try await lab.metric(
                    "sluice_balancer_observed_connections_total")
                let report = try await lab.send(
                    2_000, from: "client", to: [target], atOnce: 50, timeoutMilliseconds: 9_000)
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
            try await whileDropping(on: ["node1"], "name: node1-pod1") { target, _ in
                let before = try await unanswered()
                _ = try await lab.send(
                    30, from: "client", to: [target], atOnce: 30, timeoutMilliseconds: 300)
                try await eventually("all of them count") { try await unanswered() >= before + 30 }
                #expect(try await !isEjected())
            }
        }
    }
}

import LabKit
import Testing

extension LabTests {
    /// The nodes' proxies are well all the time, and so is every check.
    @Suite("a node whose port drops connections, which no check notices")
    struct EjectionTests {
        private let lab = Lab.shared

        private func manifest(_ selector: String) -> String {
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: observed
              annotations: {sluice.io/ejection: "on"}
            spec:
              type: LoadBalancer
              externalTrafficPolicy: Local
              selector: {\(selector)}
              ports:
                - {name: http, protocol: TCP, port: 80, targetPort: http}

            """
        }

        private func status() async throws -> String {
            try await lab.start("balancer", ["sluice", "balancer", "status", "-o", "json"])
                .finish().checked().text
        }

        private func isEjected() async throws -> Bool {
            try await status().contains("\"ejected\"")
        }

        /// The connections of which the balancer has seen that nobody answered.
        private func unanswered() async throws -> Int {
            let metrics = try await lab.exec(
                "balancer", "curl", "--silent", "http://127.0.0.1:10250/metrics")
            let line = metrics.split(separator: "\n").first {
                $0.hasPrefix("sluice_balancer_observed_connections_total")
                    && $0.contains("unanswered")
            }
            return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        }

        /// Runs the body with the Service's address while a node drops what comes to its port.
        private func whileDropping(
            on node: String, _ selector: String,
            _ body: (_ target: String, _ repair: () async throws -> Void) async throws -> Void
        ) async throws {
            try await lab.with(manifest(selector), as: "observed.yaml") {
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
                    _ = try await lab.attempt(node, "nft", "delete", "table", "ip", "dropping")
                }
                try await lab.restoring {
                    try await lab.exec(
                        node, "nft",
                        """
                        add table ip dropping; add chain ip dropping prerouting { \
                        type filter hook prerouting priority -300; }; \
                        add rule ip dropping prerouting tcp dport \(port) drop
                        """)
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
                try await whileDropping(on: "node2", "ordinal: \"1\"") { target, repair in
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

        @Test("the only node of a Service is never ejected")
        func onlyOne() async throws {
            try await whileDropping(on: "node1", "name: node1-pod1") { target, _ in
                let before = try await unanswered()
                _ = try await lab.send(
                    30, from: "client", to: [target], atOnce: 30, timeoutMilliseconds: 300)
                try await eventually("all of them count") { try await unanswered() >= before + 30 }
                #expect(try await !isEjected())
            }
        }
    }
}

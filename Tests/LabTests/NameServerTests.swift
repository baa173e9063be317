import Foundation
import LabKit
import Testing

extension LabTests.NameTests {
    /// Behaviour 193, and what the server stands.
    @Suite("the name server")
    struct NameServerTests {
        private let lab = Lab.shared
        private static let name = "kubernetes.default.svc.cluster.local"

        @Test("193: names are answered while the API is away, and follow it when it is back")
        func awayAPI() async throws {
            try await lab.run("kill", "control", "api", "KILL")
            try await lab.restoring {
                for node in 1...3 {
                    let answer = try await lab.dig("@192.168.50.\(node)", Self.name, "A")
                    #expect(answer.data(of: "A") == ["10.96.0.1"])
                }
            } afterwards: {
                try await lab.run("start", "control", "api")
            }
            try await lab.with(
                NameServices.alias("later", to: "www.example.test"), as: "later.yaml"
            ) {
                _ = try await lab.dig("+search", "later", "CNAME") {
                    $0.data(of: "CNAME") == ["www.example.test."]
                }
            }
        }

        @Test("a server that starts while the API is away says so and answers no lie")
        func startWithoutAPI() async throws {
            try await lab.run("kill", "control", "api", "KILL")
            try await lab.run("kill", "node1", "dns")
            let server = try lab.start(
                "node1",
                ["sluice", "dns", "--api", Lab.api, "--node-name", "node1"]
                    + Lab.ranges + ["--listen", "192.168.50.1:53"])
            try await lab.restoring {
                try await eventually("the server answers") {
                    (try? await lab.dig("@192.168.50.1", Self.name, "A"))?.status == "SERVFAIL"
                }
            } afterwards: {
                server.signal(SIGTERM)
                #expect(try await server.finish().status == 0)
                try await lab.run("start", "control", "api")
                try await lab.run("start", "node1", "dns")
            }
        }

        @Test("1,000 clients that say nothing over TCP keep nobody from an answer over UDP")
        func slowClients() async throws {
            let slow = try lab.start(
                "node1-pod1", ["python3", "-c", Self.slowClients, "192.168.50.1"])
            try await lab.restoring {
                try await eventually("the slow clients are connected") {
                    slow.complaint.contains("connected")
                }
                for _ in 0..<50 {
                    let answer = try await lab.dig("@192.168.50.1", "+notcp", Self.name, "A")
                    #expect(answer.data(of: "A") == ["10.96.0.1"])
                }
                let answer = try await lab.dig("@192.168.50.1", "+tcp", Self.name, "A")
                #expect(answer.data(of: "A") == ["10.96.0.1"])
            } afterwards: {
                slow.signal(SIGKILL)
                _ = try await slow.finish()
            }
        }

        /// A thousand connections, each with one byte of a question's length.
        private static let slowClients = """
            import socket, sys, time
            connections = []
            for _ in range(1000):
                connection = socket.create_connection((sys.argv[1], 53), timeout=5)
                connection.send(b"\\0")
                connections.append(connection)
            print("connected", file=sys.stderr, flush=True)
            time.sleep(60)
            """

        @Test("health, readiness and figures can be asked for")
        func pages() async throws {
            _ = try await lab.dig("@192.168.50.1", Self.name, "A")
            for page in ["healthz", "livez", "readyz"] {
                let output = try await lab.attempt(
                    "node1", "curl", "--silent", "--fail", "http://127.0.0.1:8181/\(page)")
                #expect(output.status == 0, "\(page): \(output)")
            }
            let metrics = try await lab.exec(
                "node1", "curl", "--silent", "--fail", "http://127.0.0.1:9153/metrics")
            for name in [
                "sluice_dns_queries_total", "# TYPE sluice_dns_duration_seconds histogram",
                "sluice_dns_cache",
            ] {
                #expect(metrics.contains(name), "\(name)")
            }
        }
    }
}

import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("checks that cannot be understood, or cannot be made, or never come to an end")
    struct OddCheckTests {
        private let lab = Lab.shared

        private struct Status: Decodable {
            struct Node: Decodable {
                struct Check: Decodable {
                    let target: String
                    let state: String
                    let reason: String?
                    let lastFailure: String?
                }

                let name: String
                let state: String
                let checks: [Check]
            }

            let nodes: [Node]
        }

        private func nodes() async throws -> [Status.Node] {
            let text = try await lab.balancerStatus()
            return try JSONDecoder().decode(Status.self, from: Data(text.utf8)).nodes
        }

        /// Runs the body with the Service's addresses, in both families.
        private func withService(
            _ annotations: [String: String], _ body: (_ targets: [String]) async throws -> Void
        ) async throws {
            let manifest = LabServices.localService("odd", annotations, hasDatagrams: false)
            try await lab.withAddresses(of: "odd", manifest) { targets in
                try await eventually("it is served") {
                    try await lab.send(4, from: "client", to: targets, timeoutMilliseconds: 500)
                        .failed == 0
                }
                try await body(targets)
            }
        }

        /// Waits until so many more failed checks have changed nothing anywhere.
        ///
        /// What the first failures and earlier tests have caused may still be on its way to the
        /// kernel, and chains that nobody uses go later; what failures cause would never come to an
        /// end.
        private func expectCalm(overFailures count: Double) async throws {
            try await eventually("failed checks change nothing", within: .seconds(60)) {
                let failures = try await lab.metric("sluice_balancer_checks_total", with: "failure")
                let changes = try await lab.metric("sluice_balancer_kernel_changes_total")
                try await eventually("checks go on", within: .seconds(60)) {
                    try await lab.metric("sluice_balancer_checks_total", with: "failure")
                        >= failures + count
                }
                return try await lab.metric("sluice_balancer_kernel_changes_total") == changes
            }
        }

        @Test(
            "a node that nobody reaches is called unhealthy with the reason, gets nothing, and the tables stay calm"
        )
        func unreachable() async throws {
            let ghost = """
                apiVersion: v1
                kind: Node
                metadata: {name: ghost}
                status:
                  addresses:
                    - {type: InternalIP, address: 192.168.50.99}
                    - {type: InternalIP, address: "fd50::99"}

                """
            try await lab.with(ghost, as: "ghost.yaml") {
                try await eventually("the ghost is called unhealthy") {
                    let node = try await nodes().first { $0.name == "ghost" }
                    return node?.state == "unhealthy"
                        && node?.checks.filter { $0.target.contains("10256") }.count == 2
                        && node?.checks.allSatisfy { $0.state == "unhealthy" } == true
                }
                let node = try #require(try await nodes().first { $0.name == "ghost" })
                #expect(node.checks.allSatisfy { !($0.reason ?? "").isEmpty })
                let targets = try await Cluster(lab).targets("trio", .virtualIP)
                let report = try await lab.send(
                    60, from: "client", to: targets, atOnce: 6, timeoutMilliseconds: 900)
                #expect(report.answered == 60)
                try await expectCalm(overFailures: 10)
            }
            try await Cluster(lab).waitUntilServed()
        }

        @Test("a check that is answered a byte a second times out, each time, and the others go on")
        func byteASecond() async throws {
            let server = """
                import socket, threading, time
                listening = socket.create_server(("::", 9999), family=socket.AF_INET6,
                                                 dualstack_ipv6=True, backlog=64)
                def drip(connection):
                    try:
                        for byte in b"HTTP/1.0 200 OK\\r\\n\\r\\n":
                            connection.send(bytes([byte]))
                            time.sleep(1)
                    except OSError:
                        pass
                while True:
                    threading.Thread(target=drip, args=(listening.accept()[0],), daemon=True).start()
                """
            let programs = try Lab.nodes.map {
                try lab.startInNetwork(of: $0, ["python3", "-c", server])
            }
            defer { for program in programs { program.signal(SIGKILL) } }
            try await withService(["check": "http:9999/"]) { targets in
                try await eventually("each node's answer is too slow, in both families") {
                    let checks = try await nodes().flatMap(\.checks)
                        .filter { $0.target.contains(":9999/") }
                    return checks.count == 6
                        && checks.allSatisfy {
                            $0.state == "unhealthy" && $0.lastFailure == "timed out"
                        }
                }
                try await expectCalm(overFailures: 30)
                // All of the Service's nodes fail, so all are used; nobody else's do.
                let others = try await Cluster(lab).targets("trio", .virtualIP)
                let report = try await lab.send(
                    60, from: "client", to: targets + others, atOnce: 6)
                #expect(report.answered == 60)
                #expect(
                    try await nodes().flatMap(\.checks).filter { $0.target.contains(":10256/") }
                        .allSatisfy { $0.state == "healthy" })
            }
        }

        @Test("annotations that mean nothing are each told once by name, and the Service is served")
        func nonsense() async throws {
            let annotations = [
                "check": "smtp:25", "check-interval": "soon", "check-fall": "-1",
                "balancing": "leastconn", "data-plane": "dsr", "ejection": "maybe",
                "client-rate": "many", "connection-limit": "-3",
            ]
            let before = try await lab.log("balancer", "balancer").count
            try await withService(annotations) { targets in
                var news: [Substring] = []
                func lines(about name: String) -> [Substring] {
                    news.filter { $0.contains("default/odd") && $0.contains("sluice.io/\(name)") }
                        .filter { $0.contains(annotations[name] ?? "") }
                }
                try await eventually("each is told") {
                    news = try await lab.log("balancer", "balancer", since: before)
                        .split(separator: "\n")
                    return annotations.keys.allSatisfy { !lines(about: $0).isEmpty }
                }
                for name in annotations.keys { #expect(lines(about: name).count == 1) }
                let report = try await lab.send(30, from: "client", to: targets)
                #expect(report.answered == 30)
            }
        }
    }
}

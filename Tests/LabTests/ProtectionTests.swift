import LabKit
import Testing

extension LabTests {
    @Suite("a balancer keeps clients within bounds")
    struct ProtectionTests {
        private let lab = Lab.shared

        private func manifest(_ annotations: String) -> String {
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: guarded
              annotations: {\(annotations)}
            spec:
              type: LoadBalancer
              ipFamilyPolicy: PreferDualStack
              selector: {ordinal: "1"}
              ports:
                - {name: http, protocol: TCP, port: 80, targetPort: http}

            """
        }

        /// Runs the body with the Service's address once it answers the router, which is another
        /// client than the tests'.
        private func withService(
            _ annotations: String, _ family: Family, _ body: (String) async throws -> Void
        ) async throws {
            try await lab.with(manifest(annotations), as: "guarded.yaml") {
                try await eventually("the Service has an address") {
                    (try? await Cluster(lab).target("guarded", .virtualIP, family)) != nil
                }
                let target = try await Cluster(lab).target("guarded", .virtualIP, family)
                try await eventually("it answers") {
                    try await lab.send(1, from: "router", to: [target], timeoutMilliseconds: 500)
                        .answered == 1
                }
                try await body(target)
            }
        }

        /// Whether a balancer that was started lately says that it sends to the Service.
        private func isBack() async throws -> Bool {
            let output = try await lab.attempt("balancer", "sluice", "balancer", "status")
            return output.status == 0 && output.text.contains("default/guarded")
        }

        @Test(
            "a client connects as fast as it may, and others all the same",
            arguments: Family.allCases)
        func rate(family: Family) async throws {
            let bounds = "sluice.io/client-rate: 1/hour, sluice.io/client-burst: \"10\""
            try await withService(bounds, family) { target in
                let report = try await lab.send(
                    25, from: "client", to: [target], atOnce: 25, timeoutMilliseconds: 3_000)
                #expect(report.answered == 10)
                #expect(report.timedOut == 15)
                let other = try await lab.send(
                    1, from: "router", to: [target], timeoutMilliseconds: 3_000)
                #expect(other.answered == 1)
                #expect(try await lab.balancer("status").contains("client-rate"))
            }
        }

        @Test("a Service has so many connections at once", arguments: Family.allCases)
        func limit(family: Family) async throws {
            try await withService("sluice.io/connection-limit: \"3\"", family) { target in
                let count = try await lab.exec("client", "python3", "-c", Self.connections, target)
                #expect(count.contains("open: 3 of 5, after closing one: 1"))
                let metrics = try await lab.exec(
                    "balancer", "curl", "--silent", "http://127.0.0.1:10250/metrics")
                #expect(
                    metrics.split(separator: "\n").contains {
                        $0.hasPrefix("sluice_balancer_refused_packets_total")
                            && $0.contains("connection-limit") && $0.contains(target)
                            && $0.contains("default/guarded") && !$0.hasSuffix(" 0")
                    })
            }
        }

        /// Opens five connections, closes the first, and opens one more.
        private static let connections = """
            import socket, struct, sys, time
            host, port = sys.argv[1].rsplit(":", 1)
            def connect():
                try: return socket.create_connection((host.strip("[]"), int(port)), 0.8)
                except OSError: return None
            held = [c for c in (connect() for _ in range(5)) if c]
            first = held[0]
            first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            first.close()
            more, until = None, time.time() + 60
            while not more and time.time() < until: more = connect()
            print("open: %d of 5, after closing one: %d" % (len(held), more is not None))
            """

        @Test("a blocked client is not heard, also after a restart, until it is let in again")
        func blocklist() async throws {
            try await withService("", .v4) { target in
                func answers() async throws -> Bool {
                    try await lab.send(1, from: "client", to: [target], timeoutMilliseconds: 400)
                        .answered == 1
                }
                try await lab.restoring {
                    try await eventually("it answers the client") { try await answers() }
                    try await lab.balancer("block", "203.0.113.0/24", "--for", "1h")
                    try await lab.balancer("block", "203.0.113.10")
                    #expect(try await !answers())
                    #expect(try await lab.balancer("blocklist").contains("203.0.113.10/32"))
                    try await lab.restart("balancer", "balancer")
                    try await eventually("the balancer is back") {
                        try await isBack()
                    }
                    #expect(try await !answers())
                    #expect(try await lab.balancer("status").contains("blocked: 2"))
                    try await lab.balancer("unblock", "203.0.113.10")
                    #expect(try await !answers(), "the block around it holds")
                    try await lab.balancer("block", "203.0.113.0/24", "--for", "1s")
                    try await eventually("its time is over") { try await answers() }
                } afterwards: {
                    _ = try? await lab.balancer("unblock", "203.0.113.10")
                    _ = try? await lab.balancer("unblock", "203.0.113.0/24")
                    try await Cluster(lab).waitUntilServed()
                }
            }
        }
    }
}

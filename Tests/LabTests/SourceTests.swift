import LabKit
import Testing

extension LabTests {
    /// The client is kept away, and the router is not, which is a client of the same network.
    @Suite("who may use a balancer's addresses at all, and what is counted of the others")
    struct SourceTests {
        private let lab = Lab.shared

        private func balancer(_ arguments: String...) async throws -> String {
            try await lab.start("balancer", ["sluice", "balancer"] + arguments).finish()
                .checked().text
        }

        /// Runs the body with a Service's addresses once they answer the router.
        private func withService(
            _ fields: String, _ body: (_ targets: [String]) async throws -> Void
        ) async throws {
            let manifest = """
                apiVersion: v1
                kind: Service
                metadata: {name: sourced}
                spec:
                  type: LoadBalancer
                  ipFamilyPolicy: PreferDualStack
                  \(fields)
                  selector: {ordinal: "1"}
                  ports:
                    - {name: http, protocol: TCP, port: 80, targetPort: http}

                """
            try await lab.with(manifest, as: "sourced.yaml") {
                try await eventually("the Service has addresses") {
                    try await Cluster(lab).services()["sourced"]?.virtualIPs.count == 2
                }
                let targets = try await Cluster(lab).targets("sourced", .virtualIP)
                try await waitForAnswers(to: targets, from: "router")
                try await body(targets)
            }
        }

        private func waitForAnswers(to targets: [String], from host: String) async throws {
            try await eventually("\(host) is answered", within: .seconds(60)) {
                try await lab.send(4, from: host, to: targets, timeoutMilliseconds: 500)
                    .answered == 4
            }
        }

        /// What the metric has counted of the packets to this place, for this reason.
        private func dropped(_ reason: String, at place: String) async throws -> Double {
            let text = try await lab.exec(
                "balancer", "curl", "--silent", "http://127.0.0.1:10250/metrics")
            return text.split(separator: "\n").filter {
                $0.hasPrefix("sluice_balancer_refused_packets_total{reason=\"\(reason)\"")
                    && $0.contains("frontend=\"\(place)\"")
            }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
        }

        /// Sends ten requests, which get no answer and are counted, at each of these places.
        private func expectSilence(
            _ reason: String, at targets: [String], places: [String]
        ) async throws {
            for (target, place) in zip(targets, places) {
                let before = try await dropped(reason, at: place)
                let report = try await lab.send(
                    10, from: "client", to: [target], atOnce: 10, timeoutMilliseconds: 400)
                #expect(report.timedOut == 10, "\(target)")
                #expect(try await dropped(reason, at: place) >= before + 10, "\(place)")
            }
        }

        @Test("source ranges of both families let their own in, and drop and count the others")
        func ranges() async throws {
            let fields = """
                loadBalancerSourceRanges: [192.168.50.0/24, 203.0.113.1/32, "fd50::/64", \
                "2001:db8:113::1/128"]
                """
            try await withService(fields) { targets in
                try await expectSilence(
                    "source-ranges", at: targets, places: targets.map { "\($0)/tcp" })
                let router = try await lab.send(10, from: "router", to: targets)
                #expect(router.answered == 10)
                #expect(try await balancer("status").contains("source-ranges"))
            }
        }

        @Test("blocks of both families, alone or with a time, drop and count, until they end")
        func blocks() async throws {
            let blocks = ["203.0.113.0/24", "2001:db8:113::/64"]
            try await withService("") { targets in
                try await waitForAnswers(to: targets, from: "client")
                let addresses = try await Cluster(lab).service("sourced").virtualIPs
                try await lab.restoring {
                    for block in blocks { _ = try await balancer("block", block) }
                    try await expectSilence("blocklist", at: targets, places: addresses)
                    #expect(try await lab.metric("sluice_balancer_blocklist_entries") == 2)
                    let json = try await balancer("blocklist", "-o", "json")
                    for block in blocks {
                        #expect(json.replacing("\\/", with: "/").contains("\"\(block)\""))
                    }
                    for block in blocks { _ = try await balancer("unblock", block) }
                    try await waitForAnswers(to: targets, from: "client")
                    for block in blocks { _ = try await balancer("block", block, "--for", "2s") }
                    try await eventually("its time is over", within: .seconds(60)) {
                        try await lab.metric("sluice_balancer_blocklist_entries") == 0
                    }
                    try await waitForAnswers(to: targets, from: "client")
                } afterwards: {
                    for block in blocks { _ = try? await balancer("unblock", block) }
                }
            }
        }

        @Test("the socket for orders is root's alone")
        func socket() async throws {
            let script = """
                import os, socket, sys
                os.setgid(65534), os.setuid(int(sys.argv[1]))
                client = socket.socket(socket.AF_UNIX)
                try:
                    client.connect("/run/sluice/balancer.sock")
                    print("connected")
                except PermissionError:
                    print("not permitted")
                """
            let others = try await lab.exec("balancer", "python3", "-c", script, "65534")
            #expect(others == "not permitted\n")
            let root = try await lab.exec("balancer", "python3", "-c", script, "0")
            #expect(root == "connected\n")
        }
    }
}

import Foundation
import LabKit
import Testing

extension LabTests {
    /// The nodes' way to the client leads through the balancer, as this data plane needs it.
    @Suite("preserve-source: the balancer is the nodes' gateway")
    struct PreserveSourceTests {
        private let lab = Lab.shared

        private let manifest = LabServices.localService(
            "preserved", ["data-plane": "preserve-source"])

        /// Has the nodes send what is for the client through the router or through the balancer.
        private func route(through host: String) async throws {
            let (v4, v6) =
                host == "balancer"
                ? ("192.168.50.10", "fd50::10") : ("192.168.50.254", "fd50::254")
            for node in Lab.nodes {
                try await lab.exec(node, "ip", "route", "replace", "203.0.113.0/24", "via", v4)
                try await lab.exec(
                    node, "ip", "-6", "route", "replace", "2001:db8:113::/64", "via", v6)
            }
        }

        /// Runs the body with the Service's addresses while the balancer is the nodes' gateway.
        private func asGateway(_ body: (_ targets: [String]) async throws -> Void) async throws {
            try await lab.restoring {
                try await route(through: "balancer")
                try await lab.withAddresses(of: "preserved", manifest) { targets in
                    try await waitForAllNodes(targets)
                    try await body(targets)
                }
            } afterwards: {
                try await route(through: "router")
            }
        }

        private func waitForAllNodes(_ targets: [String]) async throws {
            for target in targets {
                try await eventually("all nodes answer at \(target)") {
                    let report = try await lab.send(
                        30, from: "client", to: [target], atOnce: 6, timeoutMilliseconds: 500)
                    return report.failed == 0 && report.nodes == Set(Lab.nodes)
                }
            }
        }

        @Test("pods see the client over TCP and UDP, and answers pass the balancer")
        func clientIsSeen() async throws {
            try await asGateway { targets in
                let clients = ["203.0.113.10", "2001:db8:113::10"]
                for (target, client) in zip(targets, clients) {
                    let seen = try await lab.exec("client", "curl", "--silent", "http://\(target)/")
                    #expect(seen.contains(client))
                    let datagrams = target.replacing(#/80$/#, with: "53")
                    let report = try await lab.send(30, .udp, from: "client", to: [datagrams])
                    #expect(report.answered == 30)
                    #expect(report.nodes == Set(Lab.nodes))
                }
                let flows = try await lab.exec("balancer", "conntrack", "-L", "-p", "tcp")
                #expect(flows.contains("dst=203.0.113.10"), "answers are meant for the client")
            }
        }

        @Test("where the balancer's own data plane is that, Services need no annotation")
        func byDefault() async throws {
            let target = try await Cluster(lab).target("web-public", .virtualIP, .v4)
            func answer() async throws -> String {
                try await lab.exec(
                    "client", "curl", "--silent", "--max-time", "3", "http://\(target)/")
            }
            #expect(try await !answer().contains("203.0.113.10"))
            try await lab.restoring {
                try await route(through: "balancer")
                try await lab.restart(
                    "balancer", "balancer", with: "--data-plane", "preserve-source")
                try await eventually("pods see the client") {
                    try await answer().contains("203.0.113.10")
                }
            } afterwards: {
                try await lab.restart("balancer", "balancer")
                try await route(through: "router")
                try await Cluster(lab).waitUntilServed()
            }
        }

        @Test("a node goes silent under load: no request fails, in neither family")
        func nodeDies() async throws {
            try await asGateway { targets in
                var death = Date.distantPast...Date.distantPast
                try await lab.restoring {
                    let report = try await lab.underLoad(
                        ["-r", "400", "-n", "1600", "-d", "30"], from: "client", to: targets
                    ) {
                        death = try await lab.silence("node2")
                    }
                    #expect(report.answered + report.failed == 1_600)
                    #expect((1..<1_600 / 4).contains(report.answers(of: "node2")))
                    #expect(report.failedOnlyInFlight(at: death))
                    // No more than the node is asked in a tenth of a second.
                    #expect(report.failed <= 400 / 3 / 10)
                } afterwards: {
                    try await lab.run("unsilence", "node2")
                    try await Cluster(lab).waitUntilServed()
                }
            }
        }

        /// A third of the attempts meet the node; the client makes nine within 20 s, so that one
        /// of the requests fails once in a hundred runs or so.
        @Test("a node refuses, which no check notices: its refusals are held, and no request fails")
        func refusalsAreHeld() async throws {
            try await asGateway { targets in
                try await lab.restoring {
                    try await lab.run("kill", "node2-pod1", "backend", "KILL")
                    let report = try await lab.send(
                        120, from: "client", to: targets, atOnce: 60, timeoutMilliseconds: 20_000)
                    #expect(report.answered == 120)
                    #expect(report.seconds > 0.9, "some were asked to try again")
                    for table in ["ip", "ip6"] {
                        let set = try await lab.exec(
                            "balancer", "nft", "list", "set", table, "sluice-balancer",
                            "hold_refusals")
                        #expect(
                            set.contains(
                                #/counter packets [1-9]\d* bytes \d+ comment "default/preserved/#))
                    }
                } afterwards: {
                    try await lab.run("start", "node2-pod1", "backend")
                    try await waitForAllNodes(targets)
                }
            }
        }
    }
}

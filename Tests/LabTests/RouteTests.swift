import LabKit
import Testing

extension LabTests {
    @Suite("addresses are told by BGP")
    struct RouteTests {
        private let lab = Lab.shared

        /// Whether the router sends to an address by a route that it was told.
        private func isTold(_ address: String) async throws -> Bool {
            let route = try await lab.inNetwork(of: "router", "ip", "route", "get", address).text
            return route.contains("via 192.168.50.10 ") || route.contains("via fd50::10 ")
        }

        private func areTold(_ service: String) async throws -> [Bool] {
            var told: [Bool] = []
            for address in try await Cluster(lab).service(service).virtualIPs {
                told.append(try await isTold(address))
            }
            return told
        }

        private func order(_ order: String, _ nodes: [String]) async throws {
            for node in nodes {
                try await lab.balancer(order, node, "--service", "default/web-public")
            }
        }

        @Test("the router learns them, loses those without a node, and all when the balancer stops")
        func told() async throws {
            try await lab.restart("balancer", "balancer", with: "--announce", "route")
            try await lab.restoring {
                try await lab.run("start", "router", "bird")
                try await lab.run("start", "balancer", "bird")
                for service in ["web-public", "trio"] {
                    try await eventually("the router knows the addresses of \(service)") {
                        try await areTold(service) == [true, true]
                    }
                }
                let targets = try await Cluster(lab).targets("web-public", .virtualIP)
                let report = try await lab.send(60, from: "client", to: targets, atOnce: 6)
                #expect(report.answered == 60)
                try await order("drain", Lab.nodes)
                try await eventually("the router knows an address without a node no more") {
                    try await areTold("web-public") == [false, false]
                }
                #expect(try await areTold("trio") == [true, true])
                try await order("ready", ["node2"])
                try await eventually("a node brings it back") {
                    try await areTold("web-public") == [true, true]
                }
                let rest = try await lab.send(20, from: "client", to: targets)
                #expect(rest.answered == 20)
                #expect(rest.pods.allSatisfy { $0.hasPrefix("node2") })
                try await lab.run("kill", "balancer", "balancer")
                try await eventually("the balancer's end takes all routes away") {
                    try await areTold("trio") == [false, false]
                }
                try await lab.run("start", "balancer", "balancer")
            } afterwards: {
                for host in ["router", "balancer"] { _ = try? await lab.run("kill", host, "bird") }
                _ = try? await lab.run("start", "balancer", "balancer")
                try await order("ready", Lab.nodes)
                try await lab.restart("balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
            let left = try await lab.inNetwork(
                of: "balancer", "ip", "-o", "address", "show", "dev", "lo", "scope", "global")
            #expect(left.text.isEmpty)
        }
    }
}

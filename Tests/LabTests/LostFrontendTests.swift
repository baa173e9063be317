import LabKit
import Testing

extension LabTests {
    @Suite("UDP flows to frontends that went while no proxy was there to see it")
    struct LostFrontendTests {
        private let lab = Lab.shared
        private static let node = "node1"
        /// Somebody else translates what comes to this port of the node.
        private static let foreignPort = 39_999
        private static let timeout = "net.netfilter.nf_conntrack_udp_timeout"

        /// Where a client's one port leads to.
        private struct Talk {
            let host: String
            let target: String
            let port: Int
        }

        @Test(
            "after a kill they go at the restart, and no others do; so without the tables",
            arguments: [false, true])
        func gone(areTablesGone: Bool) async throws {
            let service = LabServices.service(
                "lost", type: "LoadBalancer", selector: ["name": "node1-pod2"])
            let patience = try await lab.exec(Self.node, "sysctl", "-n", Self.timeout)
            try await lab.exec(Self.node, "sysctl", "-qw", "\(Self.timeout)=600")
            try await translateElsewhere()
            try await lab.apply(service, as: "lost.yaml")
            var (isDeleted, isDead) = (false, false)
            try await lab.restoring {
                let (lost, others) = try await talks()
                for talk in lost + others { try await waitForAnswer(talk) }
                try await lab.run("kill", Self.node, "proxy", "KILL")
                isDead = true
                try await lab.run("delete", "lost.yaml")
                isDeleted = true
                try await eventually("the API is without the Service") {
                    try await Cluster(lab).services()["lost"] == nil
                }
                if areTablesGone { try await lab.exec(Self.node, "nft", "flush", "ruleset") }
                for talk in lost + others { #expect(try await isTracked(talk), "\(talk)") }
                try await lab.run("start", Self.node, "proxy")
                isDead = false
                for talk in lost {
                    try await eventually("no flow leads on to \(talk.target)") {
                        try await !isTracked(talk)
                    }
                }
                for talk in others { #expect(try await isTracked(talk), "\(talk)") }
            } afterwards: {
                if !isDeleted { try await lab.run("delete", "lost.yaml") }
                _ = try await lab.attempt(Self.node, "nft", "delete", "table", "ip", "elsewhere")
                let before = patience.filter(\.isNumber)
                try await lab.exec(Self.node, "sysctl", "-qw", "\(Self.timeout)=\(before)")
                if isDead { try await lab.run("start", Self.node, "proxy") }
                try await Cluster(lab).waitUntilServed()
            }
        }

        /// Those to the Service's frontends at the node, and those that are none of its business.
        private func talks() async throws -> (lost: [Talk], others: [Talk]) {
            let cluster = Cluster(lab)
            var lost: [Talk] = []
            for family in Family.allCases {
                let port = family == .v4 ? 42_100 : 42_200
                let spot = FrontendKind.nodePort(node: Self.node)
                let atNode = try await cluster.target("lost", spot, family, .udp)
                lost.append(Talk(host: "client", target: atNode, port: port))
                var atAddress: String?
                try await eventually("the Service has an address") {
                    atAddress = try? await cluster.target("lost", .virtualIP, family, .udp)
                    return atAddress != nil
                }
                // The pod's own node takes it before the balancer would.
                lost.append(Talk(host: "node1-pod1", target: atAddress ?? "", port: port + 1))
            }
            let trio = try await cluster.target("trio", .nodePort(node: Self.node), .v4, .udp)
            return (
                lost,
                [
                    Talk(host: "client", target: trio, port: 42_300),
                    Talk(
                        host: "client", target: "192.168.50.1:\(Self.foreignPort)", port: 42_301),
                ]
            )
        }

        private func translateElsewhere() async throws {
            for command in [
                "add table ip elsewhere",
                "add chain ip elsewhere arriving { type nat hook prerouting priority -110; }",
                "add rule ip elsewhere arriving udp dport \(Self.foreignPort) "
                    + "dnat to 10.244.1.2:5353",
            ] { try await lab.exec(Self.node, "nft", command) }
        }

        private func waitForAnswer(_ talk: Talk) async throws {
            try await eventually("\(talk.host) hears from \(talk.target)", within: .seconds(60)) {
                try await lab.send(
                    1, .udp, from: talk.host, to: [talk.target], timeoutMilliseconds: 1000,
                    more: ["-p", "\(talk.port)-\(talk.port)"]
                ).answered == 1
            }
        }

        private func isTracked(_ talk: Talk) async throws -> Bool {
            let family = talk.target.hasPrefix("[") ? "ipv6" : "ipv4"
            let output = try await lab.attempt(
                Self.node, "conntrack", "-L", "-f", family, "-p", "udp", "--orig-port-src",
                "\(talk.port)")
            return output.text.contains("sport=\(talk.port)")
        }
    }
}

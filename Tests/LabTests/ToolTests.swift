import LabKit
import Testing

extension LabTests {
    @Suite("tools: rules, diff and cleanup")
    struct ToolTests {
        private let lab = Lab.shared

        private static let source = ["--api", Lab.api] + Lab.ranges

        @Test("rules prints what the kernel of that node has, on a host without any table")
        func rules() async throws {
            let rules = try await sluice("client", ["rules", "--node-name", "node2"] + Self.source)
                .checked().text
            let left = try await lab.exec("client", "nft", "list", "ruleset")
            #expect(left.isEmpty)
            for family in ["ip", "ip6"] {
                let planned = try await TableListing(rules).reloaded(family, "sluice")
                let kernel = try await TableListing(lab, "node2", family, "sluice")
                #expect(planned.differences(from: kernel).isEmpty)
            }
        }

        @Test("diff finds nothing while the daemon lives, and afterwards what others changed")
        func difference() async throws {
            let none = try await sluice("node2", ["diff"])
            #expect(none.status == 0)
            try await lab.run("kill", "node2", "proxy", "KILL")
            try await lab.restoring {
                let target = try await Cluster(lab).service("trio").clusterIPs
                let address = try #require(target.first(where: Family.v4.contains))
                try await lab.exec(
                    "node2", "nft", "delete", "element", "ip", "sluice", "services",
                    "{ \(address) . tcp . 80 }")
                let some = try await sluice(
                    "node2", ["diff", "--node-name", "node2"] + Self.source)
                #expect(some.status == 1)
                #expect(some.text.contains("\(address) . tcp . 80"))
            } afterwards: {
                try await lab.run("start", "node2", "proxy")
                try await Cluster(lab).waitUntilServed()
            }
            #expect(try await sluice("node2", ["diff"]).status == 0)
        }

        @Test("cleanup refuses while a daemon lives, then removes everything, then nothing more")
        func cleanUpNode() async throws {
            let pid = try await pid(of: "node3", "proxy")
            let refusal = try await sluice("node3", ["cleanup"])
            #expect(refusal.status == 1)
            #expect(refusal.complaint.contains("sluice proxy (pid \(pid))"))
            #expect(try await lab.exec("node3", "nft", "list", "tables").contains("sluice"))

            try await lab.run("kill", "node3", "proxy", "KILL")
            try await lab.restoring {
                let first = try await sluice("node3", ["cleanup"]).checked()
                #expect(first.text.contains("table ip sluice removed"))
                #expect(try await lab.exec("node3", "nft", "list", "tables").isEmpty)
                for (family, range) in [("-4", "10.96.0.0/12"), ("-6", "fd96::/112")] {
                    let routes = try await lab.exec("node3", "ip", family, "route", "show", range)
                    #expect(routes.isEmpty)
                }
                for sysctl in ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"] {
                    #expect(try await lab.exec("node3", "sysctl", "-n", sysctl) == "0\n")
                }
                let second = try await sluice("node3", ["cleanup"]).checked()
                #expect(second.text == "nothing of sluice was left on this host\n")
            } afterwards: {
                try await lab.run("start", "node3", "proxy")
                try await Cluster(lab).waitUntilServed()
            }
        }

        @Test("cleanup on a balancer takes its tables and addresses away")
        func cleanUpBalancer() async throws {
            let refusal = try await sluice("balancer", ["cleanup"])
            #expect(refusal.status == 1)
            #expect(refusal.complaint.contains("sluice balancer (pid "))
            try await lab.run("kill", "balancer", "balancer", "KILL")
            try await lab.restoring {
                let addresses = try await Cluster(lab).service("trio").virtualIPs
                #expect(try await shownAddresses(addresses) == addresses)
                _ = try await sluice("balancer", ["cleanup"]).checked()
                #expect(try await shownAddresses(addresses) == [])
                #expect(try await lab.exec("balancer", "nft", "list", "tables").isEmpty)
                let timeWait = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"
                #expect(try await lab.exec("balancer", "sysctl", "-n", timeWait) == "120\n")
                let second = try await sluice("balancer", ["cleanup"]).checked()
                #expect(second.text == "nothing of sluice was left on this host\n")
            } afterwards: {
                try await lab.run("start", "balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
        }

        private func sluice(_ host: String, _ arguments: [String]) async throws -> Output {
            try await lab.start(host, ["sluice"] + arguments).finish()
        }

        private func shownAddresses(_ wanted: [String]) async throws -> [String] {
            let shown = try await lab.exec("balancer", "ip", "-o", "address", "show", "dev", "eth0")
            return wanted.filter { shown.contains(" \($0)/") }
        }

        private func pid(of host: String, _ role: String) async throws -> Substring {
            let lines = try await lab.run("status").split(separator: "\n")
            let fields = lines.map { $0.split(separator: "\t") }
            return try #require(fields.first { $0[0] == host && $0[1] == role })[2]
        }
    }
}

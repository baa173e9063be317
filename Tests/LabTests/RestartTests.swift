import LabKit
import Testing

extension LabTests {
    @Suite("daemons and tables under load")
    struct RestartTests {
        private let lab = Lab.shared

        @Test("kill -9 and a restart of the proxy fail none of 10,000 connections")
        func proxyIsKilled() async throws {
            let reports = try await underBothLoads {
                try await lab.restart("node1", "proxy", signal: "KILL")
            }
            #expect(reports.map(\.answered).reduce(0, +) == 10_000)
            #expect(reports.map(\.failed).reduce(0, +) == 0)
        }

        /// Requests have too little time for a second SYN: what is lost for a moment fails.
        @Test("kill -9 and a restart of the proxy lose no packet of a client that connects")
        func proxyIsKilledCalmly() async throws {
            let targets = try await Cluster(lab).targets("trio", .nodePort(node: "node1"))
            let report = try await lab.underLoad(
                ["-r", "200", "-n", "1000", "-d", "30", "-t", "900"], from: "client", to: targets
            ) {
                try await lab.restart("node1", "proxy", signal: "KILL")
            }
            #expect(report.answered == 1_000, "\(report)")
        }

        @Test("kill -9 and a restart of the balancer fail no connection")
        func balancerIsKilled() async throws {
            let targets = try await Cluster(lab).targets("trio", .virtualIP)
            let report = try await lab.underLoad(
                ["-r", "500", "-n", "2500", "-d", "30"], from: "client", to: targets
            ) {
                try await lab.restart("balancer", "balancer", signal: "KILL")
            }
            #expect(report.answered == 2500)
        }

        @Test("`nft flush ruleset` leaves owned tables and all connections alone")
        func flushOfOwnedTables() async throws {
            let reports = try await underBothLoads {
                for _ in 0..<10 { try await lab.exec("node1", "nft", "flush", "ruleset") }
            }
            #expect(reports.map(\.answered).reduce(0, +) == 10_000)
        }

        @Test("with `--table-owner off` a flush is repaired within a second, and said so")
        func flushOfPlainTables() async throws {
            try await lab.restart("node1", "proxy", with: "--table-owner", "off")
            try await lab.restoring {
                let before = try #require(try await tables())
                let logged = try await lab.log("node1", "proxy").count
                try await lab.exec("node1", "nft", "flush", "ruleset")
                let flushed = ContinuousClock.now
                try await eventually("the tables are back", within: .seconds(5)) {
                    try await tables() == before
                }
                #expect(.now - flushed < .seconds(1))
                try await eventually("the repair is told", within: .seconds(1)) {
                    try await lab.log("node1", "proxy", since: logged)
                        .contains("somebody else changed our tables; they are repaired")
                }
            } afterwards: {
                try await lab.restart("node1", "proxy")
                try await Cluster(lab).waitUntilServed()
            }
        }

        @Test("tables that were plain are owned after a restart, and the reverse")
        func ownershipChanges() async throws {
            #expect(try await isOwned())
            try await lab.restart("node1", "proxy", with: "--table-owner", "off")
            try await lab.restoring {
                let isStillOwned = try await isOwned()
                #expect(!isStillOwned)
            } afterwards: {
                try await lab.restart("node1", "proxy")
            }
            #expect(try await isOwned())
            try await Cluster(lab).waitUntilServed()
        }

        /// 5,000 connections from a pod and 5,000 from the client, all through node1.
        private func underBothLoads(
            _ body: () async throws -> Void
        ) async throws -> [LoadReport] {
            let cluster = Cluster(lab)
            let options = ["-r", "1000", "-n", "5000", "-d", "30"]
            let inside = try await cluster.targets("trio", .clusterIP)
            let outside = try await cluster.targets("trio", .nodePort(node: "node1"))
            var reports: [LoadReport] = []
            let pods = try await lab.underLoad(options, from: "node1-pod1", to: inside) {
                reports.append(
                    try await lab.underLoad(options, from: "client", to: outside, body))
            }
            return reports + [pods]
        }

        /// What both tables of node1 hold; nil if one of them is not there.
        private func tables() async throws -> [[String]]? {
            var tables: [[String]] = []
            for family in ["ip", "ip6"] {
                let output = try await lab.attempt(
                    "node1", "nft", "list", "table", family, "sluice")
                guard output.status == 0 else { return nil }
                tables.append(TableListing(output.text).contents)
            }
            return tables
        }

        private func isOwned() async throws -> Bool {
            try await lab.exec("node1", "nft", "list", "table", "ip", "sluice")
                .contains("flags owner")
        }
    }
}

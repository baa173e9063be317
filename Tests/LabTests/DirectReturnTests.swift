import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("direct return: nodes get packets as they are and answer by themselves")
    struct DirectReturnTests {
        private let lab = Lab.shared
        private static let clients: [Family: String] = [
            .v4: "203.0.113.10", .v6: "2001:db8:113::10",
        ]

        @Test(
            "pods see the client, whose download does not pass the balancer",
            arguments: Family.allCases)
        func answersBypass(family: Family) async throws {
            try await lab.withDirectReturn { cluster in
                let target = try await cluster.target("direct", .virtualIP, family)
                let seen = try await lab.exec("client", "curl", "--silent", "http://\(target)/")
                #expect(seen.contains(try #require(Self.clients[family])))

                let before = try await received(by: "balancer")
                let size = try await lab.exec(
                    "client", "curl", "--silent", "--output", "/dev/null", "--write-out",
                    "%{size_download}", "http://\(target)/bytes/4000000")
                #expect(size == "4000000")
                #expect(try await received(by: "balancer") - before < 1_000_000)
            }
        }

        @Test(
            "a node dies: its slots alone move, and downloads from others go on",
            arguments: Family.allCases)
        func nodeDies(family: Family) async throws {
            try await lab.withDirectReturn { cluster in
                try await eventually("all nodes have slots", within: .seconds(60)) {
                    try await SlotListing(lab, "balancer", family).nodes == ["1", "2", "3"]
                }
                let before = try await SlotListing(lab, "balancer", family)
                let streams = try await lab.startStreams(cluster, family, count: 30, seconds: 4)
                try await lab.restoring {
                    try await lab.run("silence", "node2")
                    try await eventually("node2 alone has no slot", within: .seconds(60)) {
                        try await SlotListing(lab, "balancer", family).nodes == ["1", "3"]
                    }
                    let after = try await SlotListing(lab, "balancer", family)
                    let moved = before.slots.filter { after.slots[$0.key] != $0.value }
                    #expect(Set(moved.values) == ["2"])
                    #expect(moved.count == before.slots.values.count { $0 == "2" })
                    #expect(after.slots.count == before.slots.count)
                    let ends = try await streams.ends()
                    for node in ["node1", "node3"] { #expect(ends[node]?.broken == 0) }
                    #expect((ends["node1"]?.completed ?? 0) > 0)
                    #expect(ends["node2"]?.completed == 0)
                    let target = try await cluster.target("direct", .virtualIP, family)
                    #expect(try await lab.send(60, from: "client", to: [target]).answered == 60)
                } afterwards: {
                    try await lab.run("unsilence", "node2")
                    try await eventually("node2 has its slots again", within: .seconds(60)) {
                        try await SlotListing(lab, "balancer", family) == before
                    }
                }
            }
        }

        @Test("kill -9 and a restart of the balancer break no download")
        func balancerIsKilled() async throws {
            try await lab.withDirectReturn { cluster in
                let before = try await SlotListing(lab, "balancer", .v4)
                let streams = try await lab.startStreams(cluster, .v4, count: 20, seconds: 3)
                try await lab.restart("balancer", "balancer", signal: "KILL")
                #expect(try await streams.ends().values.allSatisfy { $0.broken == 0 })
                #expect(try await SlotListing(lab, "balancer", .v4) == before)
            }
        }

        @Test(
            "the address moves to another balancer, which has the same table: no download breaks",
            arguments: Family.allCases)
        func addressMoves(family: Family) async throws {
            let place = ["--runtime-dir", "/run/second", "--state", "/var/lib/second"]
            try await lab.withDirectReturn { cluster in
                let streams = try await lab.startStreams(cluster, family, count: 40, seconds: 6)
                try await lab.restoring {
                    try await lab.start("control", "balancer", with: place)
                    #expect(
                        try await SlotListing(lab, "control", family)
                            == SlotListing(lab, "balancer", family))
                    try await lab.run("kill", "balancer", "balancer", "KILL")
                    try await lab.run("silence", "balancer")
                    let ends = try await streams.ends()
                    #expect(ends.values.map(\.completed).reduce(0, +) == 40)
                    #expect(try await packets(to: "direct", at: "control", family) > 0)
                } afterwards: {
                    try await lab.run("kill", "control", "balancer")
                    let removed = try await lab.start(
                        "control", ["sluice", "cleanup"] + place
                    ).finish().checked().text
                    #expect(removed.contains("table netdev sluice-balancer removed"))
                    #expect(removed.contains("table netdev sluice-balancer6 removed"))
                    #expect(removed.contains("nothing of sluice is left"))
                    try await lab.run("unsilence", "balancer")
                    try await lab.run("start", "balancer", "balancer")
                    try await Cluster(lab).waitUntilServed()
                }
            }
        }

        @Test(
            "without a healthy node a client is refused at once, and the tables go with the last Service"
        )
        func nobody() async throws {
            try await lab.withDirectReturn { cluster in
                let target = try await cluster.target("direct", .virtualIP, .v4)
                func order(_ verb: String) async throws {
                    for node in Lab.nodes {
                        try await lab.balancer(verb, node, "--service", "default/direct")
                    }
                }
                try await lab.restoring {
                    try await order("drain")
                    try await eventually("all connections are refused") {
                        try await lab.send(5, from: "client", to: [target]).refused == 5
                    }
                } afterwards: {
                    try await order("ready")
                }
            }
            let tables = try await lab.exec("balancer", "nft", "list", "tables")
            #expect(!tables.contains("netdev"))
        }

        private func received(by host: String) async throws -> Int {
            let text = try await lab.exec(
                host, "cat", "/sys/class/net/eth0/statistics/rx_bytes")
            return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }

        /// How many packets a balancer has handed on for a Service.
        private func packets(
            to service: String, at host: String, _ family: Family
        ) async throws -> Int {
            let text = try await lab.exec(
                host, "nft", "list", "map", "netdev", family.deviceTable, "services")
            return text.matches(of: #/packets (\d+) bytes \d+ comment "default\/(\w+)/#)
                .filter { $0.2 == service }.compactMap { Int($0.1) }.reduce(0, +)
        }
    }
}

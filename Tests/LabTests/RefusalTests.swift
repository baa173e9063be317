import LabKit
import Testing

extension LabTests {
    @Suite("nothing serves")
    struct RefusalTests {
        private let lab = Lab.shared

        private static let ways = Way.all(
            "empty",
            [
                ("node1-pod1", .clusterIP), ("node2", .clusterIP),
                ("node1-pod2", .nodePort(node: "node1")),
                ("node1-pod2", .nodePort(node: "node3")),
                ("node2", .nodePort(node: "node2")), ("node2", .nodePort(node: "node1")),
                ("client", .nodePort(node: "node1")), ("client", .nodePort(node: "node2")),
                ("client", .nodePort(node: "node3")),
                ("node3-pod1", .virtualIP), ("node3", .virtualIP), ("client", .virtualIP),
            ])

        /// A SYN that found no answer would be repeated after one second: less is at once.
        @Test("a Service without endpoints refuses at once, from every side", arguments: ways)
        func refuses(way: Way) async throws {
            let target = try await way.target(in: lab)
            var turnedAway = 0
            // ICMP errors are limited to one a second and destination.
            for _ in 0..<(way.transport == .udp ? 3 : 1) where turnedAway == 0 {
                turnedAway = try await lab.send(
                    1, way.transport, from: way.host, to: [target], timeoutMilliseconds: 900
                ).turnedAway
            }
            #expect(turnedAway == 1)
        }

        @Test("a port that no Service has is refused on a ClusterIP", arguments: Family.allCases)
        func undefinedPort(family: Family) async throws {
            let service = try await Cluster(lab).service("trio")
            let address = try #require(service.clusterIPs.first(where: family.contains))
            for host in ["node1-pod1", "node2"] {
                let report = try await lab.send(
                    1, from: host, to: [Cluster.text(address, 4711)])
                #expect(report.refused == 1, "from \(host)")
            }
        }
    }
}

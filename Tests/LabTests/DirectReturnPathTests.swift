import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("direct return: what is no whole packet of a connection")
    struct DirectReturnPathTests {
        private let lab = Lab.shared

        @Test(
            "a download passes a link of less than 1,500 bytes: ICMP errors find the node",
            arguments: Family.allCases, ["random", "source-hash"])
        func tooBig(family: Family, method: String) async throws {
            try await lab.withDirectReturn(balancing: method) { cluster in
                let target = try await cluster.target("direct", .virtualIP, family)
                try await lab.restoring {
                    try await lab.exec("router", "ip", "link", "set", "client", "mtu", "1400")
                    let size = try await lab.attempt(
                        "client", "curl", "--silent", "--max-time", "10", "--output", "/dev/null",
                        "--write-out", "%{size_download}", "http://\(target)/bytes/300000")
                    #expect(size.text == "300000")
                } afterwards: {
                    try await lab.exec("router", "ip", "link", "set", "client", "mtu", "1500")
                    for pod in ["node1-pod1", "node2-pod1", "node3-pod1"] {
                        for family in ["-4", "-6"] {
                            try await lab.exec(pod, "ip", family, "route", "flush", "cache")
                        }
                    }
                }
            }
        }

        @Test(
            "fragments find the node where it is chosen by the client, else they are dropped and counted",
            arguments: Family.allCases)
        func fragments(family: Family) async throws {
            try await lab.withDirectReturn(balancing: "maglev") { cluster in
                let answer = try await datagram(cluster, family, bytes: 4_000)
                #expect(try await datagram(cluster, family, bytes: 10) == answer)
                #expect(answer.contains("pod"))
            }
            try await lab.withDirectReturn { cluster in
                #expect(try await datagram(cluster, family, bytes: 4_000) == "silence")
                #expect(try await datagram(cluster, family, bytes: 10).contains("pod"))
                let set = try await lab.exec(
                    "balancer", "nft", "list", "set", "netdev", family.deviceTable, "unsplit")
                #expect(set.contains(#/udp counter packets [1-9]/#))
            }
        }

        /// The router, the balancer and the node take one each, and the pod needs one.
        @Test(
            "the balancer takes one from the time to live, as a router does",
            arguments: Family.allCases)
        func timeToLive(family: Family) async throws {
            try await lab.withDirectReturn { cluster in
                let service = try await cluster.service("direct")
                let address = try #require(service.virtualIPs.first(where: family.contains))
                #expect(try await connects(to: address, family, timeToLive: 4))
                #expect(try await !connects(to: address, family, timeToLive: 3))
            }
        }

        private func connects(
            to address: String, _ family: Family, timeToLive: Int
        ) async throws -> Bool {
            let option =
                family == .v4
                ? "socket.IPPROTO_IP, socket.IP_TTL"
                : "socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS"
            let program = """
                import socket
                client = socket.socket(socket.AF_INET\(family == .v4 ? "" : "6"))
                client.setsockopt(\(option), \(timeToLive))
                client.settimeout(4)
                try:
                    client.connect(("\(address)", 80))
                    print("connected")
                except OSError as error:
                    print(error)
                """
            return try await lab.inNetwork(of: "client", "python3", "-c", program).checked().text
                .contains("connected")
        }

        private func datagram(
            _ cluster: Cluster, _ family: Family, bytes: Int
        ) async throws -> String {
            let service = try await cluster.service("direct")
            let address = try #require(service.virtualIPs.first(where: family.contains))
            return try await lab.inNetwork(
                of: "client", Lab.tool("streams.py"), "datagram", address, "53", "\(bytes)"
            ).checked().text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}

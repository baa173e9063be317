import Foundation
import LabKit
import Testing

/// How many downloads from a node were completed, and how many broke.
struct StreamEnds: Hashable {
    let completed: Int
    let broken: Int
}

/// Downloads that run in the client.
struct Streams {
    private let program: Program

    init(_ program: Program) { self.program = program }

    /// What has become of them, by node.
    func ends() async throws -> [String: StreamEnds] {
        let text = try await program.finish().checked().text
        let json = try #require(text.split(separator: "\n").last)
        return try JSONDecoder().decode([String: [Int]].self, from: Data(json.utf8)).mapValues {
            StreamEnds(completed: $0[0], broken: $0[1])
        }
    }
}

/// The slots of a balancer's only group in a family: the last digit of the node of each.
struct SlotListing: Hashable {
    let slots: [Int: String]

    /// The nodes that have slots.
    var nodes: Set<String> { Set(slots.values) }

    init(_ lab: Lab, _ host: String, _ family: Family) async throws {
        let text = try await lab.exec(
            host, "nft", "list", "map", "netdev", family.deviceTable, "nodes")
        let found = text.matches(of: #/0x[0-9a-f]+ \. (\d+) : [0-9a-f.:]*(\d)\b/#)
        slots = Dictionary(
            found.compactMap { match in Int(match.1).map { ($0, String(match.2)) } },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Family {
    /// The balancer's table at the device.
    var deviceTable: String { self == .v4 ? "sluice-balancer" : "sluice-balancer6" }
}

extension Lab {
    /// Runs the body with a Service named `direct` whose packets nodes get as they are.
    func withDirectReturn(
        balancing: String = "random", _ body: (Cluster) async throws -> Void
    ) async throws {
        let manifest = LabServices.localService(
            "direct", ["data-plane": "direct-return", "balancing": balancing])
        try await withAddresses(of: "direct", manifest) { targets in
            // All nodes, or those that a client's address leads to.
            let nodeCount = balancing == "random" ? 3 : 1
            try await eventually("nodes answer in both families") {
                for target in targets {
                    let report = try await send(
                        30, from: "client", to: [target], atOnce: 6, timeoutMilliseconds: 500)
                    guard report.failed == 0, report.pods.count >= nodeCount else { return false }
                }
                return true
            }
            try await body(Cluster(self))
        }
        try await eventually("the tables have gone with the Service") {
            try await !exec("balancer", "nft", "list", "tables").contains("netdev")
        }
    }

    /// Begins with downloads from the Service `direct`.
    func startStreams(
        _ cluster: Cluster, _ family: Family, count: Int, seconds: Int
    ) async throws -> Streams {
        let service = try await cluster.service("direct")
        let address = try #require(service.virtualIPs.first(where: family.contains))
        let program = try startInNetwork(
            of: "client",
            [Lab.tool("streams.py"), address, "80", "53", "\(count)", "\(seconds)"])
        try await eventually("the downloads have begun", within: .seconds(60)) {
            program.said.contains("begun")
        }
        return Streams(program)
    }
}

import LabKit
import Testing

extension LabTests {
    @Suite("tables in the kernel")
    struct TableTests {
        private let lab = Lab.shared

        private static let tables =
            (Lab.nodes.map { ($0, "sluice") } + [("balancer", "sluice-balancer")])
            .flatMap { host, table in ["ip", "ip6"].map { (host, $0, table) } }

        @Test("nft lists each table and loads the listing in an empty namespace", arguments: tables)
        func listingLoads(host: String, family: String, table: String) async throws {
            let listing = try await TableListing(lab, host, family, table)
            #expect(listing.elementCount(commentPrefix: "default/trio") > 0)
            let copy = try await listing.reloaded(family, table)
            #expect(copy.differences(from: listing).isEmpty)
        }

        @Test("the number of chains does not depend on the number of Services")
        func chainCount() async throws {
            var counts: [[Int]] = []
            for serviceCount in [10, 1_000] {
                try await lab.with(manyServices(serviceCount), as: "many.yaml") {
                    counts.append(try await chainCounts(with: serviceCount))
                }
                try await waitForCount(0)
            }
            #expect(counts[0] == counts[1])
        }

        /// Services of both families, each with a ClusterIP and a nodePort.
        private func manyServices(_ count: Int) -> String {
            (0..<count).map { number in
                """
                apiVersion: v1
                kind: Service
                metadata: {name: many-\(number)}
                spec:
                  type: NodePort
                  ipFamilyPolicy: PreferDualStack
                  selector: {ordinal: "1"}
                  ports: [{port: 80, targetPort: http}]

                """
            }.joined(separator: "---\n")
        }

        private func chainCounts(with serviceCount: Int) async throws -> [Int] {
            try await waitForCount(serviceCount)
            return [
                try await TableListing(lab, "node1", "ip", "sluice").chainCount,
                try await TableListing(lab, "node1", "ip6", "sluice").chainCount,
            ]
        }

        /// Waits until every node has just so many of them.
        private func waitForCount(_ serviceCount: Int) async throws {
            for node in Lab.nodes {
                for family in ["ip", "ip6"] {
                    try await eventually("\(node) has \(serviceCount)", within: .seconds(60)) {
                        try await frontendCount(node, family) == 2 * serviceCount
                    }
                }
            }
        }

        /// ClusterIPs and nodePorts of the many Services on a node.
        private func frontendCount(_ node: String, _ family: String) async throws -> Int {
            let map = try await lab.exec(
                node, "nft", "list", "map", family, "sluice", "services")
            return TableListing(map).elementCount(commentPrefix: "default/many-")
        }
    }
}

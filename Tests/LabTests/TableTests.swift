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
            #expect(copy.contents == listing.contents)
        }

        @Test("the number of chains does not depend on the number of Services")
        func chainCount() async throws {
            var counts: [[Int]] = []
            for serviceCount in [10, 1_000] {
                try await lab.with(manyServices(serviceCount), as: "many.yaml") {
                    counts.append(try await chainCounts(with: serviceCount))
                }
                try await eventually("the many Services are gone", within: .seconds(30)) {
                    try await frontendCount(of: "ip") == 0
                }
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
            try await eventually("\(serviceCount) Services are in the kernel", within: .seconds(60))
            {
                let complete = try await [frontendCount(of: "ip"), frontendCount(of: "ip6")]
                return complete == [2 * serviceCount, 2 * serviceCount]
            }
            return [
                try await TableListing(lab, "node1", "ip", "sluice").chainCount,
                try await TableListing(lab, "node1", "ip6", "sluice").chainCount,
            ]
        }

        /// ClusterIPs and nodePorts of the many Services on node1.
        private func frontendCount(of family: String) async throws -> Int {
            let map = try await lab.exec(
                "node1", "nft", "list", "map", family, "sluice", "services")
            return TableListing(map).elementCount(commentPrefix: "default/many-")
        }
    }
}

import LabKit
import Testing

extension Behaviours {
    @Suite("Sluice's own: affinity of a whole Service")
    struct ServiceAffinity {
        private static let pods = ["node1-pod1", "node2-pod1", "node3-pod1"]

        /// A client, and the ways to the Service that lead through one node's tables.
        private static let ways: [(client: String, spots: [Spot])] = [
            ("node1-pod2", [.clusterIP, .node("node1"), .virtualIP]),
            ("node2", [.clusterIP, .node("node2"), .virtualIP]),
            ("client", [.node("node3")]),
        ]

        @Test(
            "S5: with sluice.io/affinity-scope a client has one endpoint on all ports",
            arguments: Family.allCases)
        func together(family: Family) async throws {
            let bed = Bed(204, family)
            var service = bed.sticky("LoadBalancer")
            service.annotations = ["sluice.io/affinity-scope: service"]
            try await bed.serving(service, on: Self.pods) {
                for (client, spots) in Self.ways {
                    let first = try await bed.expectOne(from: client, to: spots)
                    try await bed.change(service, on: Self.pods.filter { $0 != first })
                    let second = try await bed.expectOne(from: client, to: spots)
                    #expect(second != first)
                    try await bed.change(service, on: Self.pods)
                    #expect(try await bed.expectOne(from: client, to: spots) == second)
                }
                var before: [String] = []
                for (client, spots) in Self.ways {
                    before.append(try await bed.expectOne(from: client, to: spots))
                }
                try await TestBed.shared.restartProxies(bed.lab)
                for (index, (client, spots)) in Self.ways.enumerated() {
                    #expect(try await bed.expectOne(from: client, to: spots) == before[index])
                }
            }
        }
    }
}

extension Bed {
    /// One server answers a client at all of these spots, over both transports; returns which.
    fileprivate func expectOne(
        from client: String, to spots: [Spot], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        var pods: Set<String> = []
        for spot in spots {
            for transport in Transport.allCases {
                let target = try await target(spot, transport)
                let answers = try await ask(8, transport, from: client, to: target, atOnce: 1)
                #expect(
                    answers.answered == 8, "\(transport) \(client) → \(target): \(answers)",
                    sourceLocation: sourceLocation)
                pods.formUnion(answers.pods)
            }
        }
        #expect(pods.count == 1, "\(client): \(pods.sorted())", sourceLocation: sourceLocation)
        return pods.first ?? ""
    }
}

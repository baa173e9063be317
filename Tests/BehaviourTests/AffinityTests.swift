import LabKit
import Testing

extension Behaviours {
    @Suite("4 Session affinity")
    struct Affinity {
        private static let pods = ["node1-pod1", "node2-pod1", "node3-pod1"]

        @Test("68: a client keeps its endpoint at a ClusterIP", arguments: Family.allCases)
        func clusterIP(family: Family) async throws {
            let bed = Bed(68, family)
            try await bed.serving(bed.sticky(), on: Self.pods) {
                for client in ["node1-pod2", "node2-pod1", "node3"] {
                    try await bed.expectSticky(from: client, to: .clusterIP)
                }
            }
        }

        @Test("69: affinity is switched on and off", arguments: Family.allCases)
        func switched(family: Family) async throws {
            let bed = Bed(69, family)
            try await bed.serving(bed.service(), on: Self.pods) {
                try await expectSwitch(
                    bed, loose: bed.service(), sticky: bed.sticky(), from: "node1-pod2",
                    to: .clusterIP)
            }
        }

        private func expectSwitch(
            _ bed: Bed, loose: ServiceManifest, sticky: ServiceManifest, from client: String,
            to spot: Spot, pods: [String] = Self.pods
        ) async throws {
            try await bed.change(loose, on: pods)
            try await bed.expect(.answers(Set(pods)), from: client, to: spot)
            try await bed.change(sticky, on: pods)
            try await bed.expectSticky(from: client, to: spot)
            try await bed.change(loose, on: pods)
            try await bed.expect(.answers(Set(pods)), from: client, to: spot)
        }

        @Test("70: after its timeout the client may move", arguments: Family.allCases)
        func timeout(family: Family) async throws {
            let bed = Bed(70, family)
            try await bed.serving(bed.sticky(seconds: 1), on: Self.pods) {
                try await expectMove(bed, from: "node1-pod2", to: .clusterIP)
            }
        }

        /// Stays while it speaks, moves within eight silences: one of three pods each time.
        private func expectMove(_ bed: Bed, from client: String, to spot: Spot) async throws {
            let target = try await bed.target(spot, .tcp)
            let first = try await bed.ask(1, from: client, to: target).pods
            for _ in 0..<4 {
                try await Task.sleep(for: .milliseconds(500))
                #expect(try await bed.ask(1, from: client, to: target).pods == first)
            }
            var moved = first
            for _ in 0..<8 where moved == first {
                try await Task.sleep(for: .milliseconds(1600))
                moved = try await bed.ask(1, from: client, to: target).pods
            }
            #expect(moved != first)
        }

        @Test("71: the same at a NodePort: kept, switched, timed out", arguments: Family.allCases)
        func nodePort(family: Family) async throws {
            let bed = Bed(71, family)
            try await bed.serving(bed.sticky("NodePort"), on: Self.pods) {
                try await bed.expectSticky(from: "client", to: .node("node1"))
                try await bed.expectSticky(from: "node2-pod2", to: .node("node2"))
                try await expectSwitch(
                    bed, loose: bed.service("NodePort"), sticky: bed.sticky("NodePort"),
                    from: "client", to: .node("node1"))
                try await bed.change(bed.sticky("NodePort", seconds: 1), on: Self.pods)
                try await expectMove(bed, from: "client", to: .node("node1"))
            }
        }

        @Test("72: kept and switched at a load balancer's address, policy Local",
            arguments: Family.allCases)
        func balancerLocal(family: Family) async throws {
            let bed = Bed(72, family)
            let pods = ["node1-pod1", "node1-pod2"]
            let policy = "externalTrafficPolicy: Local"
            try await bed.serving(bed.sticky("LoadBalancer", policy), on: pods) {
                try await bed.routed(via: "node1") {
                    try await bed.expectSticky(from: "client", to: .virtualIP)
                    try await expectSwitch(
                        bed, loose: bed.service("LoadBalancer", policy),
                        sticky: bed.sticky("LoadBalancer", policy), from: "client",
                        to: .virtualIP, pods: pods)
                }
            }
        }

        @Test("73: kept and switched at a load balancer's address, policy Cluster",
            arguments: Family.allCases)
        func balancerCluster(family: Family) async throws {
            let bed = Bed(73, family)
            try await bed.serving(bed.sticky("LoadBalancer"), on: Self.pods) {
                try await bed.routed(via: "node2") {
                    try await bed.expectSticky(from: "client", to: .virtualIP)
                    try await expectSwitch(
                        bed, loose: bed.service("LoadBalancer"),
                        sticky: bed.sticky("LoadBalancer"), from: "client", to: .virtualIP)
                }
            }
        }

        @Test("75: each transport has its own", arguments: Family.allCases)
        func transports(family: Family) async throws {
            let bed = Bed(75, family)
            try await bed.serving(bed.sticky("NodePort"), on: Self.pods) {
                for transport in Transport.allCases {
                    for client in ["node1-pod2", "node2-pod2", "node1"] {
                        let target = try await bed.target(.clusterIP, transport)
                        let answers = try await bed.ask(
                            20, transport, from: client, to: target, atOnce: 1)
                        #expect(answers.answered == 20 && answers.pods.count == 1, "\(answers)")
                    }
                }
            }
        }

        @Test("76: a client whose endpoint is removed moves to another and stays there",
            arguments: Family.allCases)
        func removed(family: Family) async throws {
            let bed = Bed(76, family)
            let service = bed.sticky("NodePort")
            try await bed.serving(service, on: Self.pods) {
                for (client, spot) in [("node1-pod2", Spot.clusterIP), ("client", .node("node3"))] {
                    try await bed.change(service, on: Self.pods)
                    let first = try await bed.expectSticky(from: client, to: spot)
                    try await bed.change(service, on: Self.pods.filter { $0 != first })
                    let second = try await bed.expectSticky(from: client, to: spot)
                    #expect(second != first)
                    try await bed.change(service, on: Self.pods)
                    #expect(try await bed.expectSticky(from: client, to: spot) == second)
                }
            }
        }

        @Test("77: clients of several addresses have several endpoints", arguments: Family.allCases)
        func severalClients(family: Family) async throws {
            let bed = Bed(77, family)
            try await bed.serving(bed.sticky(), on: Self.pods) {
                var seen: Set<String> = []
                // Ten clients agree on one of three pods once in 20,000 runs.
                let clients = Lab.nodes.flatMap { [$0, "\($0)-pod1", "\($0)-pod2"] }
                for client in clients {
                    seen.insert(try await bed.expectSticky(from: client, to: .clusterIP))
                }
                #expect(seen.count > 1)
            }
        }

        @Test("78: affinity outlives a restart of the proxies", arguments: Family.allCases)
        func restart(family: Family) async throws {
            let bed = Bed(78, family)
            try await bed.serving(bed.sticky("NodePort"), on: Self.pods) {
                let ways: [(String, Spot)] = [
                    ("node1-pod2", .clusterIP), ("node2", .clusterIP), ("client", .node("node3")),
                    ("node3-pod1", .clusterIP), ("client", .node("node1")),
                ]
                var before: [String] = []
                for (client, spot) in ways {
                    before.append(try await bed.expectSticky(from: client, to: spot))
                }
                try await TestBed.shared.restartProxies(bed.lab)
                for (index, (client, spot)) in ways.enumerated() {
                    #expect(try await bed.expectSticky(from: client, to: spot) == before[index])
                }
            }
        }
    }
}

extension Bed {
    /// A Service with affinity.
    func sticky(_ type: String = "ClusterIP", seconds: Int? = nil, _ spec: String...)
        -> ServiceManifest
    {
        var service = service(type)
        service.spec = ["sessionAffinity: ClientIP"] + spec
        if let seconds {
            service.spec.append("sessionAffinityConfig: {clientIP: {timeoutSeconds: \(seconds)}}")
        }
        return service
    }

    /// One server answers all of a client's connections; which one?
    @discardableResult
    func expectSticky(
        from client: String, to spot: Spot, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let target = try await target(spot, .tcp)
        let answers = try await ask(20, from: client, to: target, atOnce: 1)
        #expect(
            answers.answered == 20 && answers.pods.count == 1,
            "\(client) → \(target): \(answers)", sourceLocation: sourceLocation)
        return answers.pods.first ?? ""
    }

    /// The router sends a load balancer's address to a node while the body runs, past the balancer.
    func routed(
        via node: String, variant: Int = 0, _ body: () async throws -> Void
    ) async throws {
        let address = try await virtualIP(variant: variant)
        try await lab.ip(
            "router", "route", "replace", address, "via", TestBed.address(of: node, family))
        try await lab.restoring(body) { try await lab.ip("router", "route", "del", address) }
    }
}

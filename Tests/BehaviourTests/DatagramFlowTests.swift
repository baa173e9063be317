import LabKit
import Testing

extension Behaviours {
    @Suite("6 Flows of datagrams from one client port")
    struct DatagramFlows {
        @Test(
            "109: NodePort: from a deleted backend to the one that came", arguments: Family.allCases
        )
        func nodePort(family: Family) async throws {
            let bed = Bed(109, family)
            try await expectFollow(
                bed, bed.service("NodePort"), from: "client", to: .node("node2"),
                pods: ["node1-pod1", "node2-pod1", "node3-pod1"])
        }

        @Test("110: ClusterIP: the same", arguments: Family.allCases)
        func clusterIP(family: Family) async throws {
            let bed = Bed(110, family)
            try await expectFollow(
                bed, bed.service(), from: "node1-pod2", to: .clusterIP,
                pods: ["node1-pod1", "node2-pod1", "node3-pod1"])
        }

        @Test("111: ClusterIP with internal policy Local: the same", arguments: Family.allCases)
        func local(family: Family) async throws {
            let bed = Bed(111, family)
            try await expectFollow(
                bed, bed.service("ClusterIP", "internalTrafficPolicy: Local"),
                from: "node1", to: .clusterIP, pods: ["node1-pod1", "node1-pod2", "node1-pod1"])
        }

        @Test("112: a client in the host's network: the same", arguments: Family.allCases)
        func hostNetwork(family: Family) async throws {
            let bed = Bed(112, family)
            try await expectFollow(
                bed, bed.service("NodePort"), from: "node2", to: .clusterIP,
                pods: ["node1-pod1", "node2-pod1", "node3-pod1"])
            try await expectFollow(
                bed, bed.service("NodePort"), from: "node2", to: .node("node2"),
                pods: ["node1-pod1", "node2-pod1"])
        }

        private func expectFollow(
            _ bed: Bed, _ service: ServiceManifest, from client: String, to spot: Spot,
            pods: [String]
        ) async throws {
            try await bed.serving(service, on: [pods[0]]) {
                for pod in pods {
                    try await bed.change(service, on: [pod])
                    try await bed.expectDatagrams(from: client, to: spot, answeredBy: pod)
                }
            }
        }

        @Test(
            "113: no backend for a while: the flow recovers; no other Service's is deleted",
            arguments: Family.allCases)
        func noneBetween(family: Family) async throws {
            let bed = Bed(113, family)
            let (service, other) = (bed.service("NodePort"), bed.service("NodePort", variant: 1))
            let pod = bed.pod("node1-pod1").yaml
            let rest = [service.yaml, other.yaml, bed.pod("node3-pod1", variant: 1).yaml]
            try await bed.serving(rest + [pod]) {
                for (client, spot) in [("client", Spot.node("node2")), ("node2-pod1", .clusterIP)] {
                    try await bed.expectDatagrams(from: client, to: spot, answeredBy: "node1-pod1")
                    let target = try await bed.target(spot, .udp, variant: 1)
                    let other = try await bed.ask(
                        1, .udp, from: client, to: target, more: ["-p", "42000-42000"])
                    #expect(other.pods == ["node3-pod1"])
                    try await bed.change(rest)
                    try await bed.expectDatagrams(from: client, to: spot, answeredBy: nil)
                    let flows = try await bed.flows(
                        on: "node2", more: ["--orig-port-src", "42000"])
                    #expect(
                        flows.contains { $0.contains("sport=42000") },
                        "the other's is kept, from \(client), among \(flows)")
                    try await bed.change(rest + [pod])
                    try await bed.expectDatagrams(from: client, to: spot, answeredBy: "node1-pod1")
                }
            }
        }

        @Test(
            "114: a flow that is older than the Service is served by it",
            arguments: Family.allCases)
        func olderThanService(family: Family) async throws {
            let bed = Bed(114, family)
            let pod = bed.pod("node1-pod1").yaml
            var service = bed.service("NodePort")
            let address = TestBed.freeAddress(114, family)
            service.spec = ["externalIPs: [\"\(address)\"]"]
            let ways: [(String, Spot)] = [
                ("client", .node("node2")), ("client", .address(address)),
                ("node2-pod1", .clusterIP),
            ]
            // Somebody listens there, and keeps the untranslated flow alive.
            let port = ServiceManifest.nodePort(114, 0)
            let listener = try bed.lab.startInNetwork(
                of: "node2", ["backend", "-n", "listener", "-p", "0", "-u", "\(port)"])
            try await bed.lab.restoring {
                try await bed.serving([pod]) {
                    try await bed.expectDatagrams(
                        from: "client", to: .node("node2"), answeredBy: "listener")
                    for (client, spot) in ways.dropFirst() {
                        try await bed.expectDatagrams(from: client, to: spot, answeredBy: nil)
                    }
                    try await bed.change([service.yaml, pod])
                    for (client, spot) in ways {
                        try await bed.expectDatagrams(
                            from: client, to: spot, answeredBy: "node1-pod1")
                    }
                }
            } afterwards: {
                try await listener.end()
            }
        }

        @Test("115: another target port: the flow follows", arguments: Family.allCases)
        func otherTargetPort(family: Family) async throws {
            let bed = Bed(115, family)
            let service = bed.service("NodePort")
            var other = service
            other.ports[1].targetPort = "5354"
            let ways: [(String, Spot)] = [
                ("client", .node("node2")), ("node2-pod1", .clusterIP), ("node3", .clusterIP),
            ]
            try await bed.serving(service, on: ["node1-pod1"]) {
                for (client, spot) in ways {
                    try await bed.expectDatagrams(from: client, to: spot, answeredBy: "node1-pod1")
                }
                try await bed.change(other, on: ["node1-pod1"])
                for (client, spot) in ways {
                    try await bed.expectDatagrams(
                        from: client, to: spot, answeredBy: "node1-pod1-alt")
                }
            }
        }

        @Test("116: a restart of the proxies leaves living flows alone", arguments: Family.allCases)
        func restart(family: Family) async throws {
            let bed = Bed(116, family)
            let hosts = ["node1-pod1", "node2-pod1", "node3-pod1"]
            try await bed.serving(bed.service("NodePort"), on: hosts) {
                var before: [String] = []
                for port in 41_000..<41_006 {
                    before.append(try await answerer(bed, port))
                }
                try await TestBed.shared.restartProxies(bed.lab)
                for port in 41_000..<41_006 {
                    #expect(try await answerer(bed, port) == before[port - 41_000])
                }
            }
        }

        private func answerer(_ bed: Bed, _ port: Int) async throws -> String {
            let target = try await bed.target(.node("node2"), .udp)
            return try await bed.ask(
                1, .udp, from: "client", to: target, more: ["-p", "\(port)-\(port)"]
            ).pods.first ?? ""
        }
    }
}

extension Bed {
    /// The datagrams' flows that a node tracks.
    func flows(on node: String, more: [String] = []) async throws -> [Substring] {
        let command = ["conntrack", "-L", "-p", "udp", "-f", family == .v4 ? "ipv4" : "ipv6"]
        return try await lab.startInNetwork(of: node, command + more).finish().text
            .split(separator: "\n")
    }
}

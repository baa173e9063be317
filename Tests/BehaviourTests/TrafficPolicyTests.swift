import Foundation
import LabKit
import Testing

extension Behaviours {
    @Suite("5 Traffic policies")
    struct TrafficPolicies {
        @Test("79: internal policy Local: pods reach the pods of their node alone",
            arguments: Family.allCases)
        func internalFromPods(family: Family) async throws {
            let bed = Bed(79, family)
            let service = bed.service("ClusterIP", "internalTrafficPolicy: Local")
            try await bed.serving(service, on: ["node1-pod1", "node2-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node1-pod2", to: .clusterIP)
                try await bed.expect(.answers(["node2-pod1"]), from: "node2-pod2", to: .clusterIP)
                try await bed.expect(.silent, from: "node3-pod1", to: .clusterIP)
            }
        }

        @Test("80: internal policy Local: so do the node's own processes",
            arguments: Family.allCases)
        func internalFromHosts(family: Family) async throws {
            let bed = Bed(80, family)
            let service = bed.service("ClusterIP", "internalTrafficPolicy: Local")
            try await bed.serving(service, on: ["node1-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node1", to: .clusterIP)
                try await bed.expect(.silent, from: "node2", to: .clusterIP)
            }
        }

        @Test("81: internal policy Local: the same with endpoints in the host's network",
            arguments: Family.allCases)
        func internalToHosts(family: Family) async throws {
            let bed = Bed(81, family)
            let service = bed.hostService("ClusterIP", "internalTrafficPolicy: Local")
            try await bed.serving(service, on: ["node1"]) {
                for client in ["node1-pod1", "node1"] {
                    try await bed.expect(.answers(["node1"]), from: client, to: .clusterIP)
                }
                for client in ["node2-pod1", "node2"] {
                    try await bed.expect(.silent, from: client, to: .clusterIP)
                }
            }
        }

        @Test("82: neither policy touches the other's traffic", arguments: Family.allCases)
        func independent(family: Family) async throws {
            let bed = Bed(82, family)
            let inside = bed.service("NodePort", "internalTrafficPolicy: Local")
            let outside = bed.service("NodePort", "externalTrafficPolicy: Local")
            try await bed.serving(inside, on: ["node1-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
                try await bed.expect(.silent, from: "node2-pod1", to: .clusterIP)
                try await bed.change(outside, on: ["node1-pod1"])
                try await bed.expect(.silent, from: "client", to: .node("node2"))
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
            }
        }

        @Test("83: external policy Local keeps the client's address, load balancer",
            arguments: Family.allCases)
        func sourceAtBalancer(family: Family) async throws {
            let bed = Bed(83, family)
            let service = bed.service("LoadBalancer", "externalTrafficPolicy: Local")
            try await bed.serving(service, on: ["node1-pod1", "node2-pod1"]) {
                try await bed.routed(via: "node1") {
                    try await bed.expectSource(
                        of: "client", to: .virtualIP, backend: "node1-pod1", isKept: true)
                }
            }
        }

        @Test("84: external policy Local keeps the client's address, NodePort",
            arguments: Family.allCases)
        func sourceAtNodePort(family: Family) async throws {
            let bed = Bed(84, family)
            let service = bed.service("NodePort", "externalTrafficPolicy: Local")
            try await bed.serving(service, on: ["node1-pod1", "node2-pod1"]) {
                try await bed.expectSource(
                    of: "client", to: .node("node2"), backend: "node2-pod1", isKept: true)
                // Another node's pod is a client from outside, too.
                try await bed.expectSource(
                    of: "node3-pod1", to: .node("node1"), backend: "node1-pod1", isKept: true)
            }
        }

        @Test("85: external policy Local: a node without endpoints is silent",
            arguments: Family.allCases)
        func silentNode(family: Family) async throws {
            let bed = Bed(85, family)
            let service = bed.service("NodePort", "externalTrafficPolicy: Local")
            try await bed.serving(service, on: ["node1-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node1"))
                for node in ["node2", "node3"] {
                    try await bed.expect(.silent, from: "client", to: .node(node))
                }
                try await bed.change(service, on: [])
                try await bed.expect(.refused, from: "client", to: .node("node2"))
            }
        }

        @Test("87: external policy Local: a node's own traffic reaches the address from everywhere",
            arguments: Family.allCases)
        func shortcut(family: Family) async throws {
            let bed = Bed(87, family)
            let service = bed.service("LoadBalancer", "externalTrafficPolicy: Local")
            try await bed.serving(service, on: ["node1-pod1"]) {
                for client in ["node2-pod1", "node1-pod2"] {
                    try await bed.expectSource(
                        of: client, to: .virtualIP, backend: "node1-pod1", isKept: true)
                }
                try await bed.expect(.answers(["node1-pod1"]), from: "node3", to: .virtualIP)
                // At a NodePort of their own node as well.
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .node("node2"))
            }
        }

        @Test("88: external policy Local becomes Cluster: all nodes serve, no health check",
            arguments: Family.allCases)
        func becomesCluster(family: Family) async throws {
            let bed = Bed(88, family)
            let local = bed.service(
                "LoadBalancer", "externalTrafficPolicy: Local", "healthCheckNodePort: 32088")
            try await bed.serving(local, on: ["node1-pod1"]) {
                try await bed.expectHealth(200, on: "node1", port: 32_088)
                try await bed.expect(.silent, from: "client", to: .node("node2"))
                try await bed.change(bed.service("LoadBalancer"), on: ["node1-pod1"])
                try await bed.expectHealth(0, on: "node1", port: 32_088)
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
                try await bed.expectSource(
                    of: "client", to: .node("node2"), backend: "node1-pod1", isKept: false)
                let service = try await Cluster(bed.lab).service("b88")
                #expect(service.healthCheckNodePort == nil)
            }
        }
    }
}

extension Bed {
    /// Looks whose address a server sees: the client's, or a node's instead.
    func expectSource(
        of client: String, to spot: Spot, backend: String, isKept: Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let own = TestBed.address(of: client, family)
        for transport in Transport.allCases {
            let target = try await target(spot, transport)
            let answers = try await ask(4, transport, from: client, to: target)
            #expect(
                answers.byPod == [backend: 4] && (answers.sources == [own]) == isKept,
                "\(transport) \(client) → \(target): \(answers), seen as \(answers.sources)",
                sourceLocation: sourceLocation)
        }
    }
}

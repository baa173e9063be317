import LabKit
import Testing

extension Behaviours {
    /// Node 1 stands in one zone, nodes 2 and 3 in another.
    @Suite("9 Topology")
    struct Topology {
        @Test("149: traffic stays in the zone while it has endpoints", arguments: Family.allCases)
        func zone(family: Family) async throws {
            let bed = Bed(149, family)
            let hosts = ["node1-pod1", "node2-pod1", "node3-pod1"]
            for word in ["PreferClose", "PreferSameZone"] {
                let service = bed.service("NodePort", "trafficDistribution: \(word)")
                try await bed.serving(service, on: hosts) {
                    for client in ["node1-pod2", "node1"] {
                        try await bed.expect(
                            .answers(["node1-pod1"]), from: client, to: .clusterIP)
                    }
                    for client in ["node2-pod2", "node3"] {
                        try await bed.expect(
                            .answers(["node2-pod1", "node3-pod1"]), from: client, to: .clusterIP)
                    }
                    try await bed.expect(
                        .answers(["node1-pod1"]), from: "client", to: .node("node1"))
                }
            }
        }

        @Test("150: traffic stays on the node while it has an endpoint", arguments: Family.allCases)
        func node(family: Family) async throws {
            let bed = Bed(150, family)
            let service = bed.service("ClusterIP", "trafficDistribution: PreferSameNode")
            try await bed.serving(service, on: ["node1-pod1", "node2-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node1-pod2", to: .clusterIP)
                try await bed.expect(.answers(["node2-pod1"]), from: "node2-pod2", to: .clusterIP)
                // Node 3 has none: one of its zone.
                try await bed.expect(.answers(["node2-pod1"]), from: "node3-pod1", to: .clusterIP)
            }
        }

        @Test("151: a zone that loses its endpoints uses all others", arguments: Family.allCases)
        func fallback(family: Family) async throws {
            let bed = Bed(151, family)
            let service = bed.service("ClusterIP", "trafficDistribution: PreferClose")
            try await bed.serving(service, on: ["node1-pod1", "node2-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node1-pod2", to: .clusterIP)
                try await bed.change(service, on: ["node2-pod1", "node3-pod1"])
                try await bed.expect(
                    .answers(["node2-pod1", "node3-pod1"]), from: "node1-pod2", to: .clusterIP)
                try await bed.change(service, on: ["node1-pod1", "node2-pod1"])
                try await bed.expect(.answers(["node1-pod1"]), from: "node1-pod2", to: .clusterIP)
            }
        }

        @Test("152: hints count only if every endpoint has one", arguments: Family.allCases)
        func safety(family: Family) async throws {
            let bed = Bed(152, family)
            var service = bed.service()
            service.app = nil
            func slices(_ last: [String]) -> String {
                SliceManifest(
                    service: service.name,
                    entries: [
                        .init(host: "node1-pod1", more: ["hints: {forZones: [{name: west}]}"]),
                        .init(host: "node2-pod1", more: last),
                    ]
                ).yaml
            }
            let hinted = slices(["hints: {forZones: [{name: east}]}"])
            try await bed.serving([service.yaml, hinted]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node1-pod2", to: .clusterIP)
                try await bed.change([service.yaml, slices([])])
                for client in ["node1-pod2", "node2-pod2"] {
                    try await bed.expect(
                        .answers(["node1-pod1", "node2-pod1"]), from: client, to: .clusterIP)
                }
                // An endpoint that is not ready does not count.
                let unready = slices(["conditions: {ready: false}"])
                try await bed.change([service.yaml, unready])
                try await bed.expect(.answers(["node1-pod1"]), from: "node1-pod2", to: .clusterIP)
            }
        }

        @Test("153: internal policy Local goes before hints", arguments: Family.allCases)
        func policyWins(family: Family) async throws {
            let bed = Bed(153, family)
            let service = bed.service(
                "ClusterIP", "trafficDistribution: PreferClose", "internalTrafficPolicy: Local")
            try await bed.serving(service, on: ["node2-pod1", "node2-pod2", "node3-pod1"]) {
                try await bed.expect(
                    .answers(["node2-pod1", "node2-pod2"]), from: "node2", to: .clusterIP)
                try await bed.expect(.answers(["node3-pod1"]), from: "node3-pod2", to: .clusterIP)
                try await bed.expect(.silent, from: "node1-pod1", to: .clusterIP)
            }
        }
    }
}

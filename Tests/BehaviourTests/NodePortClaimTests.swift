import LabKit
import Testing

extension Behaviours {
    @Suite("2 nodePorts are claimed")
    struct NodePortClaims {
        private static let pods = ["node1-pod1", "node2-pod1", "node3-pod1"]

        private func pods(of bed: Bed) -> [String] {
            Self.pods.enumerated().map { bed.pod($1, variant: $0).yaml }
        }

        @Test(
            "40: a nodePort in use is refused to others, who are told", arguments: Family.allCases)
        func inUse(family: Family) async throws {
            let bed = Bed(40, family)
            let first = bed.service("NodePort")
            var second = bed.service("NodePort", variant: 1)
            second.ports = first.ports
            try await bed.serving([first.yaml] + pods(of: bed)) {
                try await bed.expectComplaint("provided port is already allocated") {
                    try await bed.change([first.yaml, second.yaml] + pods(of: bed))
                }
                #expect(try await Cluster(bed.lab).services()[second.name] == nil)
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
            }
        }

        @Test(
            "42: what was refused holds nothing; it is given what its rival leaves",
            arguments: Family.allCases)
        func refusedHoldsNothing(family: Family) async throws {
            let bed = Bed(42, family)
            let holder = bed.service("NodePort")
            var loser = bed.service("NodePort", variant: 1)
            loser.ports = holder.ports
            var other = bed.service(variant: 2)
            other.clusterIPs = loser.clusterIPs
            let pods = pods(of: bed)
            try await bed.serving([holder.yaml, loser.yaml] + pods) {
                try await bed.change([holder.yaml, loser.yaml, other.yaml] + pods)
                try await bed.expect(
                    .answers(["node3-pod1"]), from: "node2-pod2", to: .clusterIP, variant: 1)
                try await bed.change([loser.yaml] + pods)
                try await bed.expect(
                    .answers(["node2-pod1"]), from: "client", to: .node("node1"))
                try await bed.expect(
                    .answers(["node2-pod1"]), from: "node2-pod2", to: .clusterIP, variant: 1)
            }
        }

        @Test("43: a nodePort outside the range is refused", arguments: Family.allCases)
        func outside(family: Family) async throws {
            let bed = Bed(43, family)
            var service = bed.service("NodePort")
            service.ports[0].nodePort = 29_999
            try await bed.serving([]) {
                try await bed.expectComplaint("not in the valid range") {
                    try await bed.change(service, on: ["node1-pod1"])
                }
                #expect(try await Cluster(bed.lab).services()[service.name] == nil)
                try await bed.expect(
                    .refused, from: "client", to: .node("node1"), [.tcp], port: 29_999)
            }
        }

        @Test(
            "44: so is a change to one, and the Service stays as it was",
            arguments: Family.allCases)
        func changeToOutside(family: Family) async throws {
            let bed = Bed(44, family)
            let service = bed.service("NodePort")
            var changed = service
            changed.ports[0].nodePort = 33_000
            try await bed.serving(service, on: ["node1-pod1"]) {
                try await bed.expectComplaint("not in the valid range") {
                    try await bed.change(changed, on: ["node1-pod1"])
                }
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
                try await bed.expect(
                    .refused, from: "client", to: .node("node2"), [.tcp], port: 33_000)
            }
        }

        @Test(
            "45: the nodePort of a deleted Service is closed and free", arguments: Family.allCases)
        func freed(family: Family) async throws {
            let bed = Bed(45, family)
            var heir = bed.service("NodePort", variant: 1)
            heir.ports = bed.service("NodePort").ports
            let pods = pods(of: bed)
            try await bed.serving([bed.service("NodePort").yaml] + pods) {
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node1"))
                try await bed.change(pods)
                try await bed.expect(.refused, from: "client", to: .node("node1"))
                try await bed.change([heir.yaml] + pods)
                try await bed.expect(.answers(["node2-pod1"]), from: "client", to: .node("node1"))
            }
        }

        @Test(
            "48: nodePorts are given out above the band for stated ones",
            arguments: Family.allCases)
        func bands(family: Family) async throws {
            let bed = Bed(48, family)
            var stated = bed.service("NodePort")
            for index in stated.ports.indices { stated.ports[index].nodePort = 30_048 }
            var given = bed.service("NodePort", variant: 1)
            for index in given.ports.indices { given.ports[index].nodePort = nil }
            try await bed.serving([stated.yaml, given.yaml] + pods(of: bed)) {
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "client", to: .node("node3"), port: 30_048)
                let ports = try await Cluster(bed.lab).service(given.name).nodePorts
                try #require(ports.count == 2)
                #expect(ports.allSatisfy { 30_086...32_767 ~= $0 })
                try await bed.expect(
                    .answers(["node2-pod1"]), from: "client", to: .node("node3"), [.tcp],
                    port: ports[0])
            }
        }
    }
}

extension Bed {
    /// Does something of which the API has to complain in its log.
    func expectComplaint(_ words: String, _ body: () async throws -> Void) async throws {
        let before = try await lab.log("control", "api").count
        try await body()
        try await eventually("the API says: \(words)") {
            try await lab.log("control", "api", since: before).split(separator: "\n")
                .contains { $0.contains(words) && $0.contains("b\(number)") }
        }
    }
}

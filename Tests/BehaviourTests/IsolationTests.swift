import LabKit
import Testing

extension Behaviours {
    /// Behaviours of Sluice that the list of Kubernetes' ones does not have.
    @Suite("Sluice's own: who may use what")
    struct Isolation {
        @Test(
            "S1: clients outside get no answer from a ClusterIP, though they have a route",
            arguments: Family.allCases)
        func outside(family: Family) async throws {
            let bed = Bed(200, family)
            try await bed.serving(bed.service(), on: ["node2-pod1"]) {
                try await bed.expect(.silent, from: "client", to: .clusterIP)
                try await bed.expect(.silent, from: "client", to: .clusterIP, port: 4711)
                try await bed.expect(.answers(["node2-pod1"]), from: "node1-pod1", to: .clusterIP)
            }
        }

        @Test(
            "S2: `--cluster-ip-access any` opens ClusterIPs to whoever has a route",
            arguments: Family.allCases)
        func opened(family: Family) async throws {
            let bed = Bed(201, family)
            try await bed.serving(bed.service(), on: ["node2-pod1", "node1-pod1"]) {
                try await bed.proxy(on: "node1", with: ["--cluster-ip-access", "any"]) {
                    try await TestBed.shared.settle(bed.lab)
                    try await bed.expect(
                        .answers(["node1-pod1", "node2-pod1"]), from: "client", to: .clusterIP)
                    try await bed.expect(.refused, from: "client", to: .clusterIP, port: 4711)
                }
                try await bed.expect(.silent, from: "client", to: .clusterIP)
            }
        }

        @Test(
            "S3: an address of the range that no Service has is silent to all",
            arguments: Family.allCases)
        func unallocated(family: Family) async throws {
            let bed = Bed(202, family)
            for client in ["node1-pod1", "node2", "client"] {
                try await bed.expect(.silent, from: client, to: .clusterIP)
            }
        }

        @Test(
            "S4: sluice.io/source-ranges restricts nodePorts and external IPs",
            arguments: Family.allCases)
        func annotation(family: Family) async throws {
            let bed = Bed(203, family)
            let address = TestBed.freeAddress(203, family)
            let client = TestBed.address(of: "client", family)
            var service = bed.service("NodePort", "externalIPs: [\"\(address)\"]")
            let prefix = family == .v4 ? 32 : 128
            service.annotations = ["sluice.io/source-ranges: \"\(client)/\(prefix)\""]
            try await bed.serving(service, on: ["node2-pod1"]) {
                for spot in [Spot.node("node1"), .node("node2"), .address(address)] {
                    for transport in Transport.allCases {
                        let target = try await bed.target(spot, transport)
                        for (source, isAdmitted) in [
                            (client, true), (TestBed.secondClient(family), false),
                        ] {
                            let answers = try await bed.ask(
                                2, transport, from: "client", to: target,
                                milliseconds: isAdmitted ? 2000 : 400, more: ["-s", source])
                            #expect(
                                isAdmitted ? answers.answered == 2 : answers.timedOut == 2,
                                "\(transport) \(source) → \(target): \(answers)")
                        }
                    }
                }
                try await bed.expect(.silent, from: "node3-pod1", to: .node("node1"))
                try await bed.expect(.answers(["node2-pod1"]), from: "node3-pod1", to: .clusterIP)
            }
        }
    }
}

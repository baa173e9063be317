import LabKit
import Testing

extension Behaviours {
    @Suite("5 Source ranges and shared addresses")
    struct SourceRanges {
        /// A Service at an address that the nodes serve, for these sources only.
        private func restricted(_ bed: Bed, _ ranges: String...) -> ServiceManifest {
            var service = bed.service("LoadBalancer")
            if !ranges.isEmpty {
                let texts = ranges.map { "\"\($0)\"" }.joined(separator: ", ")
                service.spec = ["loadBalancerSourceRanges: [\(texts)]"]
            }
            service.ingress = [bed.ingress()]
            return service
        }

        private func single(_ address: String) -> String {
            "\(address)/\(address.contains(":") ? 128 : 32)"
        }

        @Test("97: source ranges let one client in and not the other", arguments: Family.allCases)
        func ranges(family: Family) async throws {
            let bed = Bed(97, family)
            let first = TestBed.address(of: "client", family)
            let second = TestBed.secondClient(family)
            let host = ["node1-pod1"]
            try await bed.serving(restricted(bed, single(first)), on: host) {
                try await expectAdmitted(bed, [first], refused: [second])
                try await bed.change(restricted(bed, single(second)), on: host)
                try await expectAdmitted(bed, [second], refused: [first])
                try await bed.change(restricted(bed, single(second), single(first)), on: host)
                try await expectAdmitted(bed, [first, second], refused: [])
                // The NodePort is not the load balancer's.
                try await bed.change(restricted(bed, single(second)), on: host)
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node1"))
                try await bed.change(restricted(bed), on: host)
                try await expectAdmitted(bed, [first, second], refused: [])
            }
        }

        /// Which of the client's addresses are answered, and which get silence.
        private func expectAdmitted(
            _ bed: Bed, _ admitted: [String], refused: [String],
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            for transport in Transport.allCases {
                let target = try await bed.target(
                    .address(TestBed.freeAddress(bed.number, bed.family)), transport)
                for source in admitted + refused {
                    let isAdmitted = admitted.contains(source)
                    let answers = try await bed.ask(
                        2, transport, from: "client", to: target,
                        milliseconds: isAdmitted ? 2000 : 400, more: ["-s", source])
                    #expect(
                        isAdmitted ? answers.answered == 2 : answers.timedOut == 2,
                        "\(transport) \(source) → \(target): \(answers)",
                        sourceLocation: sourceLocation)
                }
            }
        }

        @Test("98: all addresses as a range let everybody in; the other family's are ignored",
            arguments: Family.allCases)
        func everybody(family: Family) async throws {
            let bed = Bed(98, family)
            let both = [TestBed.address(of: "client", family), TestBed.secondClient(family)]
            let all = family == .v4 ? "0.0.0.0/0" : "::/0"
            let others = family == .v4 ? "2001:db8:7::/48" : "198.18.0.0/16"
            try await bed.serving(restricted(bed, all), on: ["node1-pod1"]) {
                try await expectAdmitted(bed, both, refused: [])
                try await bed.change(
                    restricted(bed, single(both[0]), others), on: ["node1-pod1"])
                try await expectAdmitted(bed, [both[0]], refused: [both[1]])
                try await bed.change(restricted(bed, others), on: ["node1-pod1"])
                try await expectAdmitted(bed, both, refused: [])
            }
        }

        @Test("99: source ranges hold for the node's pods as well", arguments: Family.allCases)
        func pods(family: Family) async throws {
            let bed = Bed(99, family)
            let spot = Spot.address(TestBed.freeAddress(99, family))
            let admitted = single(TestBed.address(of: "node2-pod2", family))
            try await bed.serving(restricted(bed, admitted), on: ["node1-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod2", to: spot)
                try await bed.expect(.silent, from: "node2-pod1", to: spot)
                try await bed.expect(.silent, from: "node3", to: spot)
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
            }
        }

        @Test("107: two Services share a load balancer's address", arguments: Family.allCases)
        func shared(family: Family) async throws {
            let bed = Bed(107, family)
            var first = bed.service("LoadBalancer")
            var second = bed.service("LoadBalancer", variant: 1)
            first.ingress = [bed.ingress()]
            second.ingress = [bed.ingress()]
            // TCP 80 of the one, UDP 80 and TCP 81 of the other.
            first.ports = [first.ports[0]]
            second.ports[0].port = 81
            second.ports[1].port = 80
            let spot = Spot.address(TestBed.freeAddress(107, family))
            let pods = [bed.pod("node1-pod1").yaml, bed.pod("node2-pod1", variant: 1).yaml]
            try await bed.serving([first.yaml, second.yaml] + pods) {
                for client in ["client", "node3-pod1"] {
                    try await bed.expect(
                        .answers(["node1-pod1"]), from: client, to: spot, [.tcp], port: 80)
                    try await bed.expect(
                        .answers(["node2-pod1"]), from: client, to: spot, [.udp], port: 80)
                    try await bed.expect(
                        .answers(["node2-pod1"]), from: client, to: spot, [.tcp], port: 81)
                }
                try await bed.change([second.yaml] + pods)
                try await bed.expect(
                    .answers(["node2-pod1"]), from: "client", to: spot, [.udp], port: 80)
                let gone = try await bed.ask(
                    2, from: "node3-pod1", to: try await bed.target(spot, .tcp, port: 80),
                    milliseconds: 400)
                #expect(gone.answered == 0)
            }
        }

        @Test("108: another address of the load balancer: the old one is closed",
            arguments: Family.allCases)
        func otherAddress(family: Family) async throws {
            let bed = Bed(108, family)
            var service = restricted(bed)
            let old = TestBed.freeAddress(108, family)
            let new = TestBed.freeAddress(108, via: 2, family)
            try await bed.serving(service, on: ["node1-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .address(old))
                service.ingress = [bed.ingress(via: 2)]
                try await bed.change(service, on: ["node1-pod1"])
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .address(new))
                for transport in Transport.allCases {
                    let answers = try await bed.ask(
                        2, transport, from: "node2-pod1",
                        to: try await bed.target(.address(old), transport), milliseconds: 400)
                    #expect(answers.answered == 0)
                }
                for node in Lab.nodes {
                    let tables = try await bed.lab.inNetwork(of: node, "nft", "list", "ruleset")
                    #expect(!tables.text.contains(" \(old) . "))
                }
            }
        }
    }
}

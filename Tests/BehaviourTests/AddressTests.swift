import LabKit
import Testing

extension Behaviours {
    @Suite("8 Addresses")
    struct Addresses {
        @Test("144: leading zeros in an address are never read as octal")
        func leadingZeros() async throws {
            let bed = Bed(144, nil)
            var service = bed.service("ClusterIP", "externalIPs: [\"192.0.2.010\"]")
            let other = bed.service(variant: 1)
            let pods = [bed.pod("node1-pod1").yaml, bed.pod("node1-pod1", variant: 1).yaml]
            try await bed.serving([other.yaml] + pods) {
                // Refused or taken for 192.0.2.10; 192.0.2.8 is what it must not be.
                try await bed.change([service.yaml, other.yaml] + pods)
                let octal = try await bed.ask(
                    2, from: "node2-pod1", to: "192.0.2.8:80", milliseconds: 400)
                #expect(octal.answered == 0)
                service.spec = []
                service.clusterIPs = ["10.96.0.0144", "fd96::90"]
                try await bed.change([service.yaml, other.yaml] + pods)
                let hundred = try await bed.ask(
                    2, from: "node2-pod1", to: "10.96.0.100:80", milliseconds: 400)
                #expect(hundred.answered == 0)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP, variant: 1)
            }
        }

        @Test("145: addresses of an additional service range work", arguments: Family.allCases)
        func additionalRange(family: Family) async throws {
            let bed = Bed(145, family)
            let ranges = "10.96.0.0/12,fd96::/112,10.120.0.0/24,fd97::/112"
            var service = bed.service("NodePort")
            service.clusterIPs = ["10.120.0.45", "fd97::45"]
            let objects = [service.yaml, bed.pod("node3-pod1").yaml]
            try await bed.onOtherAPI(objects, arguments: ["--service-cidr", ranges]) { _ in
                let address = family == .v4 ? "10.120.0.45" : "fd97::45"
                try await eventually("node3 serves it") {
                    try await bed.ask(
                        1, from: "node3-pod2", to: Cluster.text(address, 80), milliseconds: 300
                    ).answered == 1
                }
                for client in ["node3-pod2", "node3", "node3-pod1"] {
                    try await bed.expect(
                        .answers(["node3-pod1"]), from: client, to: .address(address))
                }
                try await bed.expect(
                    .refused, from: "node3-pod2", to: .address(address), port: 4711)
            }
        }

        /// What a network plugin does for host ports: a table of its own, before ours.
        @Test("147: host ports of others stand beside Services", arguments: Family.allCases)
        func hostPorts(family: Family) async throws {
            let bed = Bed(147, family)
            let other = NodeAddress(node: "node1", family: family)
            let (first, second) = (TestBed.address(of: "node1", family), other.address)
            let name = family == .v4 ? "ip" : "ip6"
            func to(_ pod: String, _ port: Int) -> String {
                Cluster.text(TestBed.address(of: pod, family), port)
            }
            let table = """
                table \(name) hostports { chain prerouting {
                    type nat hook prerouting priority -101;
                    \(name) daddr \(first) tcp dport 8147 dnat to \(to("node1-pod1", 8080))
                    \(name) daddr \(second) tcp dport 8147 dnat to \(to("node1-pod2", 8080))
                    \(name) daddr \(first) udp dport 8147 dnat to \(to("node1-pod2", 5353))
                }
                }
                """
            try await bed.serving(bed.service("NodePort"), on: ["node2-pod1"]) {
                try await other.held(by: bed.lab) {
                    _ = try await bed.lab.startInNetwork(of: "node1", ["nft", table]).finish()
                        .checked()
                    try await bed.lab.restoring {
                        for (address, transport, pod) in [
                            (first, Transport.tcp, "node1-pod1"), (second, .tcp, "node1-pod2"),
                            (first, .udp, "node1-pod2"),
                        ] {
                            try await bed.expect(
                                .answers([pod]), from: "client", to: .address(address),
                                [transport], port: 8147)
                        }
                        try await bed.expect(
                            .answers(["node2-pod1"]), from: "client", to: .node("node1"))
                        try await bed.expect(
                            .answers(["node2-pod1"]), from: "node1-pod1", to: .clusterIP)
                    } afterwards: {
                        _ = try await bed.lab.startInNetwork(
                            of: "node1", ["nft", "delete", "table", name, "hostports"]
                        ).finish().checked()
                    }
                }
            }
        }
    }
}

import LabKit
import Testing

extension Behaviours {
    @Suite("2 NodePort")
    struct NodePorts {
        @Test(
            "30: a NodePort answers at ClusterIP and every address of each node, to pods and hosts",
            arguments: Family.allCases)
        func everywhere(family: Family) async throws {
            let bed = Bed(30, family)
            let hosts = ["node1-pod1", "node3-pod1"]
            try await bed.serving(bed.service("NodePort"), on: hosts) {
                for client in ["node1-pod1", "node2-pod1", "node2"] {
                    try await bed.expect(.answers(Set(hosts)), from: client, to: .clusterIP)
                }
                for client in ["node1-pod1", "node2-pod1", "node2", "client"] {
                    for node in Lab.nodes {
                        try await bed.expect(.answers(Set(hosts)), from: client, to: .node(node))
                    }
                }
                try await expectOtherAddress(bed, hosts)
            }
        }

        /// Another address of the node, which its Node object calls external.
        private func expectOtherAddress(_ bed: Bed, _ hosts: [String]) async throws {
            let node = NodeAddress(node: "node2", family: bed.family)
            let port = ServiceManifest.nodePort(30, 0)
            try await node.held(by: bed.lab) {
                let everywhere = ["--nodeport-addresses", "0.0.0.0/0,::/0"]
                try await bed.proxy(on: "node2", with: everywhere) {
                    try await TestBed.shared.settle(bed.lab)
                    for client in ["client", "node1-pod1", "node2-pod1", "node2"] {
                        for spot in [Spot.address(node.address), .node("node2")] {
                            try await bed.expect(
                                .answers(Set(hosts)), from: client, to: spot, port: port)
                        }
                    }
                }
            }
        }

        @Test("31: each node's NodePort leads to pods of other nodes", arguments: Family.allCases)
        func otherNodes(family: Family) async throws {
            let bed = Bed(31, family)
            try await bed.serving(bed.service("NodePort"), on: ["node3-pod1"]) {
                for node in Lab.nodes {
                    try await bed.expect(.answers(["node3-pod1"]), from: "client", to: .node(node))
                }
            }
        }

        @Test("32: a UDP NodePort answers", arguments: Family.allCases)
        func datagrams(family: Family) async throws {
            let bed = Bed(32, family)
            var service = bed.service("NodePort")
            service.ports.removeFirst()
            try await bed.serving(service, on: ["node1-pod1", "node2-pod1"]) {
                for node in Lab.nodes {
                    try await bed.expect(
                        .answers(["node1-pod1", "node2-pod1"]), from: "client", to: .node(node),
                        [.udp])
                }
            }
        }

        @Test("33: an external IP that no node holds works", arguments: Family.allCases)
        func externalIP(family: Family) async throws {
            let bed = Bed(33, family)
            let service = bed.service(
                "ClusterIP", "externalIPs: [192.0.2.33, 192.0.2.133, \"2001:db8:2:1::33\"]")
            let address = family == .v4 ? "192.0.2.33" : "2001:db8:2:1::33"
            let hosts = ["node1-pod1", "node2-pod1"]
            try await bed.serving(service, on: hosts) {
                for client in ["node1-pod1", "node3-pod1", "node2", "client"] {
                    try await bed.expect(
                        .answers(Set(hosts)), from: client, to: .address(address))
                }
                try await bed.change(bed.service(), on: hosts)
                try await bed.expect(.silent, from: "node1-pod1", to: .address(address), [.udp])
            }
        }

        @Test("46: a NodePort that is deleted answers on no node", arguments: Family.allCases)
        func deleted(family: Family) async throws {
            let bed = Bed(46, family)
            let pod = bed.pod("node1-pod1").yaml
            try await bed.serving([bed.service("NodePort").yaml, pod]) {
                for node in Lab.nodes {
                    try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node(node))
                }
                try await bed.change([pod])
                for node in Lab.nodes {
                    try await bed.expect(.refused, from: "client", to: .node(node))
                }
            }
        }

        @Test(
            "47: a NodePort goes before a process of the node, which the loopback keeps",
            arguments: Family.allCases)
        func localProcess(family: Family) async throws {
            let bed = Bed(47, family)
            let port = ServiceManifest.nodePort(47, 0)
            let process = try bed.lab.startInNetwork(
                of: "node1", ["backend", "-n", "shadowed", "-p", "\(port)", "-u", "\(port)"])
            let loopback = family == .v4 ? "127.0.0.1" : "::1"
            try await bed.lab.restoring {
                try await bed.serving(bed.service("NodePort"), on: ["node2-pod1"]) {
                    for client in ["client", "node1-pod1", "node1", "node3"] {
                        try await bed.expect(
                            .answers(["node2-pod1"]), from: client, to: .node("node1"))
                    }
                    try await bed.expect(
                        .answers(["shadowed"]), from: "node1", to: .address(loopback), port: port)
                }
            } afterwards: {
                try await process.end()
            }
        }

        @Test(
            "49: NodePorts answer at the chosen addresses alone, which may come and go",
            arguments: Family.allCases)
        func chosenAddresses(family: Family) async throws {
            let bed = Bed(49, family)
            let port = ServiceManifest.nodePort(49, 0)
            let other = NodeAddress(node: "node1", family: family)
            try await bed.serving(bed.service("NodePort"), on: ["node2-pod1"]) {
                try await other.held(by: bed.lab) {
                    // The first address of the Node object is the only one by default.
                    try await bed.expect(
                        .answers(["node2-pod1"]), from: "client", to: .node("node1"))
                    try await bed.expect(
                        .refused, from: "client", to: .address(other.address), port: port)
                }
                let other = ["--nodeport-addresses", "10.77.0.0/16,fd77::/64"]
                try await bed.proxy(on: "node1", with: other) {
                    try await expectFollowed(bed)
                }
            }
        }

        /// The address comes and goes while the proxy runs.
        private func expectFollowed(_ bed: Bed) async throws {
            let port = ServiceManifest.nodePort(49, 0)
            let other = NodeAddress(node: "node1", family: bed.family)
            try await other.held(by: bed.lab) {
                try await eventually("the address that came answers") {
                    try await bed.ask(
                        1, from: "client", to: Cluster.text(other.address, port),
                        milliseconds: 300
                    ).answered == 1
                }
                for client in ["client", "node2-pod1", "node1-pod1", "node1"] {
                    try await bed.expect(
                        .answers(["node2-pod1"]), from: client, to: .address(other.address),
                        port: port)
                }
                try await bed.expect(.refused, from: "client", to: .node("node1"))
            }
            try await eventually("nothing is left of the address that went") {
                let map = try await bed.lab.inNetwork(
                    of: "node1", "nft", "list", "map", bed.family == .v4 ? "ip" : "ip6", "sluice",
                    "services")
                return !map.text.contains("\(other.address) . tcp . \(port) ")
            }
        }

        @Test("50: the loopback is left to the node's processes", arguments: Family.allCases)
        func loopback(family: Family) async throws {
            let bed = Bed(50, family)
            let port = ServiceManifest.nodePort(50, 0)
            try await bed.serving(bed.service("NodePort"), on: ["node1-pod1"]) {
                let loopback = family == .v4 ? "127.0.0.1" : "::1"
                try await bed.expect(.refused, from: "node1", to: .address(loopback), port: port)
            }
        }
    }
}

import LabKit
import Testing

extension Behaviours {
    @Suite("2 Types change; nodePorts are taken and given back")
    struct TypeChanges {
        @Test("34: ClusterIP becomes NodePort", arguments: Family.allCases)
        func toNodePort(family: Family) async throws {
            let bed = Bed(34, family)
            let hosts = ["node1-pod1", "node2-pod1", "node3-pod1"]
            try await bed.serving(bed.service(), on: hosts) {
                try await bed.expect(.answers(Set(hosts)), from: "node1-pod2", to: .clusterIP)
                try await bed.expect(.refused, from: "client", to: .node("node1"))
                try await bed.change(bed.service("NodePort"), on: hosts)
                for node in Lab.nodes {
                    try await bed.expect(.answers(Set(hosts)), from: "client", to: .node(node))
                }
                try await bed.expect(.answers(Set(hosts)), from: "node1-pod2", to: .clusterIP)
                try await bed.change(bed.service(), on: hosts)
                try await bed.expect(.refused, from: "client", to: .node("node1"))
            }
        }

        @Test("35: one port of TCP and UDP gets a nodePort of each", arguments: Family.allCases)
        func bothTransports(family: Family) async throws {
            let bed = Bed(35, family)
            var service = bed.service()
            service.ports = [
                .init(name: "http", port: 80, targetPort: "8080"),
                .init(name: "dns", transport: "UDP", port: 80, targetPort: "5353"),
            ]
            try await bed.serving(service, on: ["node1-pod1"]) {
                service.type = "NodePort"
                try await bed.change(service, on: ["node1-pod1"])
                let ports = try await Cluster(bed.lab).service(service.name).nodePorts
                try #require(ports.count == 2)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "client", to: .node("node2"), [.tcp],
                    port: ports[0])
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "client", to: .node("node2"), [.udp],
                    port: ports[1])
            }
        }

        @Test("36: ExternalName becomes ClusterIP", arguments: Family.allCases)
        func nameToClusterIP(family: Family) async throws {
            try await expectBirth(Bed(36, family), type: "ClusterIP")
        }

        @Test("37: ExternalName becomes NodePort", arguments: Family.allCases)
        func nameToNodePort(family: Family) async throws {
            let bed = Bed(37, family)
            try await expectBirth(bed, type: "NodePort") {
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node3"))
            }
        }

        private func expectBirth(
            _ bed: Bed, type: String, more: () async throws -> Void = {}
        ) async throws {
            let alias = bed.service("ExternalName", "externalName: example.com")
            var service = bed.service(type)
            service.clusterIPs = nil
            try await bed.serving(alias, on: ["node1-pod1"]) {
                #expect(try await Cluster(bed.lab).service(alias.name).clusterIPs == [])
                try await bed.change(service, on: ["node1-pod1"])
                let address = try await bed.clusterIP(of: service)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .address(address))
                try await more()
            }
        }

        @Test("38: ClusterIP becomes ExternalName and loses its address", arguments: Family.allCases)
        func clusterIPToName(family: Family) async throws {
            let bed = Bed(38, family)
            try await bed.serving(bed.service(), on: ["node1-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                let alias = bed.service("ExternalName", "externalName: example.com")
                try await bed.change(alias, on: ["node1-pod1"])
                try await bed.expect(.silent, from: "node2-pod1", to: .clusterIP)
                #expect(try await Cluster(bed.lab).service(alias.name).clusterIPs == [])
            }
        }

        @Test("39: NodePort becomes ExternalName and its port is free", arguments: Family.allCases)
        func nodePortToName(family: Family) async throws {
            let bed = Bed(39, family)
            let alias = bed.service("ExternalName", "externalName: example.com")
            var heir = bed.service("NodePort", variant: 1)
            heir.ports = bed.service("NodePort").ports
            let pods = [bed.pod("node1-pod1").yaml, bed.pod("node2-pod1", variant: 1).yaml]
            try await bed.serving([bed.service("NodePort").yaml] + pods) {
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node1"))
                try await bed.change([alias.yaml] + pods)
                try await bed.expect(.refused, from: "client", to: .node("node1"))
                try await bed.change([alias.yaml, heir.yaml] + pods)
                try await bed.expect(.answers(["node2-pod1"]), from: "client", to: .node("node1"))
            }
        }

        @Test("41: TCP and UDP of two Services share a nodePort", arguments: Family.allCases)
        func sharedNumber(family: Family) async throws {
            let bed = Bed(41, family)
            var first = bed.service("NodePort")
            first.ports.removeLast()
            var second = bed.service("NodePort", variant: 1)
            second.ports.removeFirst()
            second.ports[0].nodePort = first.ports[0].nodePort
            let pods = [bed.pod("node1-pod1").yaml, bed.pod("node2-pod1", variant: 1).yaml]
            try await bed.serving([first.yaml, second.yaml] + pods) {
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "client", to: .node("node3"), [.tcp])
                try await bed.expect(
                    .answers(["node2-pod1"]), from: "client", to: .node("node3"), [.udp])
            }
        }

        @Test("51: TCP and UDP at one port number stand by themselves", arguments: Family.allCases)
        func oneNumber(family: Family) async throws {
            let bed = Bed(51, family)
            let both = bed.samePort("ClusterIP")
            var (tcp, udp) = (both, both)
            tcp.ports.removeLast()
            udp.ports.removeFirst()
            let host = ["node1-pod1"]
            try await bed.serving(both, on: host) {
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP, port: 80)
                for (service, kept, gone) in [(tcp, Transport.tcp, Transport.udp), (udp, .udp, .tcp)] {
                    try await bed.change(service, on: host)
                    try await bed.expect(
                        .answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP, [kept],
                        port: 80)
                    try await bed.expect(
                        .refused, from: "node2-pod1", to: .clusterIP, [gone], port: 80)
                    try await bed.change(both, on: host)
                }
            }
        }

        @Test("52: a LoadBalancer's one port of TCP and UDP works inside", arguments: Family.allCases)
        func balancerInside(family: Family) async throws {
            let bed = Bed(52, family)
            try await bed.serving(bed.samePort("LoadBalancer"), on: ["node1-pod1"]) {
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP, port: 80)
                for client in ["node2-pod1", "node3"] {
                    try await bed.expect(
                        .answers(["node1-pod1"]), from: client, to: .virtualIP, port: 80)
                }
            }
        }
    }
}

extension Bed {
    /// A Service with TCP and UDP at port 80.
    func samePort(_ type: String) -> ServiceManifest {
        var service = service(type)
        service.ports[1].port = 80
        return service
    }
}

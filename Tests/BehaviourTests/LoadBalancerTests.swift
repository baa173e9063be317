import LabKit
import Testing

extension Behaviours {
    @Suite("5 LoadBalancer: what stays and what goes")
    struct LoadBalancers {
        @Test(
            "92: ClusterIP, NodePort, LoadBalancer: the nodePort stays", arguments: Family.allCases)
        func nodePortStays(family: Family) async throws {
            let bed = Bed(92, family)
            var service = bed.service()
            try await bed.serving(service, on: ["node1-pod1"]) {
                service.type = "NodePort"
                try await bed.change(service, on: ["node1-pod1"])
                let before = try await Cluster(bed.lab).service("b92").nodePorts
                try #require(before.count == 2)
                service.type = "LoadBalancer"
                try await bed.change(service, on: ["node1-pod1"])
                #expect(try await Cluster(bed.lab).service("b92").nodePorts == before)
                try await bed.expectThroughBalancer(["node1-pod1"])
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "client", to: .node("node2"), [.tcp],
                    port: before[0])
            }
        }

        @Test("93: another nodePort: the address stays", arguments: Family.allCases)
        func otherNodePort(family: Family) async throws {
            let bed = Bed(93, family)
            var service = bed.service("LoadBalancer")
            try await bed.serving(service, on: ["node1-pod1"]) {
                let address = try await bed.virtualIP()
                service.ports[0].nodePort = 31_993
                try await bed.change(service, on: ["node1-pod1"])
                #expect(try await bed.virtualIP() == address)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "client", to: .node("node1"), [.tcp],
                    port: 31_993)
                try await bed.expect(.refused, from: "client", to: .node("node1"), [.tcp])
                try await bed.expectThroughBalancer(["node1-pod1"])
            }
        }

        @Test("94: another port: address and nodePort stay", arguments: Family.allCases)
        func otherPort(family: Family) async throws {
            let bed = Bed(94, family)
            var service = bed.service("LoadBalancer")
            try await bed.serving(service, on: ["node1-pod1"]) {
                let address = try await bed.virtualIP()
                let nodePorts = try await Cluster(bed.lab).service("b94").nodePorts
                service.ports[0].port = 81
                try await bed.change(service, on: ["node1-pod1"])
                #expect(try await bed.virtualIP() == address)
                #expect(try await Cluster(bed.lab).service("b94").nodePorts == nodePorts)
                try await bed.expectThroughBalancer(["node1-pod1"], port: 81)
                for spot in [Spot.clusterIP, .virtualIP] {
                    try await bed.expect(
                        .answers(["node1-pod1"]), from: "node2-pod1", to: spot, [.tcp], port: 81)
                }
                try await bed.expect(.refused, from: "node2-pod1", to: .clusterIP, [.tcp])
            }
        }

        @Test("95: without pods it refuses, with one again it serves", arguments: Family.allCases)
        func scaledToNothing(family: Family) async throws {
            let bed = Bed(95, family)
            let service = bed.service("LoadBalancer")
            try await bed.serving(service, on: ["node1-pod1"]) {
                try await bed.expectThroughBalancer(["node1-pod1"])
                try await bed.change(service, on: [])
                let target = try await bed.target(.virtualIP, .tcp)
                try await eventually("the balancer has heard of it") {
                    try await bed.ask(1, from: "client", to: target, milliseconds: 900)
                        .turnedAway == 1
                }
                for client in ["client", "node1-pod1", "node2"] {
                    try await bed.expect(.refused, from: client, to: .virtualIP)
                }
                try await bed.change(service, on: ["node2-pod1"])
                try await bed.expectThroughBalancer(["node2-pod1"])
                for client in ["node1-pod1", "node2"] {
                    try await bed.expect(.answers(["node2-pod1"]), from: client, to: .virtualIP)
                }
            }
        }

        @Test(
            "96: LoadBalancer becomes ClusterIP: nodePort and address are closed",
            arguments: Family.allCases)
        func becomesClusterIP(family: Family) async throws {
            let bed = Bed(96, family)
            try await bed.serving(bed.service("LoadBalancer"), on: ["node1-pod1"]) {
                try await bed.expectThroughBalancer(["node1-pod1"])
                let address = try await bed.virtualIP()
                try await bed.change(bed.service(), on: ["node1-pod1"])
                let after = try await Cluster(bed.lab).service("b96")
                #expect(after.nodePorts == [] && after.virtualIPs == [])
                try await bed.expect(.refused, from: "client", to: .node("node1"))
                try await eventually("the balancer has let go of \(address)") {
                    try await bed.ask(
                        1, from: "client", to: Cluster.text(address, 80), milliseconds: 300
                    ).answered == 0
                }
                let inside = try await bed.ask(
                    2, from: "node2-pod1", to: Cluster.text(address, 80), milliseconds: 300)
                #expect(inside.answered == 0)
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
            }
        }

        @Test(
            "101: without allocateLoadBalancerNodePorts there is no nodePort, and it works",
            arguments: Family.allCases)
        func noNodePorts(family: Family) async throws {
            let bed = Bed(101, family)
            var service = bed.service("LoadBalancer", "allocateLoadBalancerNodePorts: false")
            for index in service.ports.indices { service.ports[index].nodePort = nil }
            service.ingress = [bed.ingress()]
            let spot = Spot.address(TestBed.freeAddress(101, family))
            try await bed.serving(service, on: ["node1-pod1", "node2-pod1"]) {
                #expect(try await Cluster(bed.lab).service("b101").nodePorts == [])
                for client in ["client", "node3-pod1", "node2"] {
                    try await bed.expect(
                        .answers(["node1-pod1", "node2-pod1"]), from: client, to: spot)
                }
                service.spec = []
                try await bed.change(service, on: ["node1-pod1"])
                let ports = try await Cluster(bed.lab).service("b101").nodePorts
                try #require(ports.count == 2)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "client", to: .node("node3"), [.tcp],
                    port: ports[0])
            }
        }

        @Test(
            "102: a load balancer of another class gets no address from us",
            arguments: Family.allCases)
        func otherClass(family: Family) async throws {
            let bed = Bed(102, family)
            let service = bed.service("LoadBalancer", "loadBalancerClass: example.com/other")
            try await bed.serving(service, on: ["node1-pod1"]) {
                #expect(try await Cluster(bed.lab).service("b102").virtualIPs == [])
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
            }
        }

        @Test(
            "103: at an address with ipMode Proxy nodes leave traffic to the balancer",
            arguments: Family.allCases)
        func proxyMode(family: Family) async throws {
            let bed = Bed(103, family)
            var service = bed.service("LoadBalancer")
            service.ingress = [bed.ingress("ipMode: VIP")]
            let spot = Spot.address(TestBed.freeAddress(103, family))
            try await bed.serving(service, on: ["node1-pod1"]) {
                for client in ["node2-pod1", "client"] {
                    try await bed.expect(.answers(["node1-pod1"]), from: client, to: spot)
                }
                service.ingress = [bed.ingress("ipMode: Proxy")]
                try await bed.change(service, on: ["node1-pod1"])
                for node in Lab.nodes {
                    let tables = try await bed.lab.inNetwork(of: node, "nft", "list", "ruleset")
                    #expect(!tables.text.contains("\(TestBed.freeAddress(103, family)) . tcp"))
                }
                let answers = try await bed.ask(
                    2, from: "node2-pod1", to: try await bed.target(spot, .tcp), milliseconds: 400)
                #expect(answers.answered == 0)
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
            }
        }
    }
}

extension Bed {
    /// The free address of this behaviour as a load balancer's of somebody else.
    func ingress(via node: Int = 1, _ more: String...) -> String {
        let address = TestBed.freeAddress(number, via: node, family)
        return "{" + (["ip: \"\(address)\""] + more).joined(separator: ", ") + "}"
    }

    /// Waits until the balancer, which follows the API by itself, sends the client to these.
    func expectThroughBalancer(
        _ pods: Set<String>, port: Int? = nil, _ transports: [Transport] = Transport.allCases,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await eventually("the balancer sends to \(pods)") {
            let target = try await target(.virtualIP, .tcp, port: port)
            return try await ask(6, from: "client", to: target, milliseconds: 300).pods == pods
        }
        try await expect(
            .answers(pods), from: "client", to: .virtualIP, port == nil ? transports : [.tcp],
            port: port, sourceLocation: sourceLocation)
    }
}

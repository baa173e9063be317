import LabKit
import Testing

extension Behaviours {
    @Suite("1 Service basics: endpoints and ports")
    struct ServiceBasics {
        @Test("2: endpoints come and go one by one with the pods", arguments: Family.allCases)
        func podsComeAndGo(family: Family) async throws {
            let bed = Bed(2, family)
            let service = bed.service()
            try await bed.serving(service, on: []) {
                try await bed.expect(.refused, from: "node2-pod2", to: .clusterIP)
                for hosts in [
                    ["node1-pod1"], ["node1-pod1", "node2-pod1"], ["node2-pod1"],
                ] {
                    try await bed.change(service, on: hosts)
                    try await bed.expect(
                        .answers(Set(hosts)), from: "node2-pod2", to: .clusterIP)
                }
                try await bed.change(service, on: [])
                try await bed.expect(.refused, from: "node2-pod2", to: .clusterIP)
            }
        }

        @Test("3: each endpoint is reached through the ClusterIP", arguments: Family.allCases)
        func everyEndpoint(family: Family) async throws {
            let bed = Bed(3, family)
            let hosts = ["node1-pod1", "node2-pod1", "node3-pod2"]
            try await bed.serving(bed.service(), on: hosts) {
                for client in ["node1-pod2", "node3-pod1", "node2"] {
                    try await bed.expect(.answers(Set(hosts)), from: client, to: .clusterIP)
                }
            }
        }

        @Test("4: each port leads to those pods alone that have it", arguments: Family.allCases)
        func severalPorts(family: Family) async throws {
            let bed = Bed(4, family)
            var service = bed.service()
            service.ports = [
                .init(name: "first", port: 80, targetPort: "first"),
                .init(name: "second", port: 81, targetPort: "second"),
            ]
            var first = bed.pod("node1-pod1")
            first.ports = ["{name: first, containerPort: 8080}"]
            var second = bed.pod("node2-pod1")
            second.ports = ["{name: second, containerPort: 8081}"]
            try await bed.serving([service.yaml, first.yaml, second.yaml]) {
                for client in ["node1-pod2", "node3"] {
                    try await bed.expect(
                        .answers(["node1-pod1"]), from: client, to: .clusterIP, [.tcp], port: 80)
                    try await bed.expect(
                        .answers(["node2-pod1-alt"]), from: client, to: .clusterIP, [.tcp],
                        port: 81)
                }
            }
        }

        @Test("5: a named targetPort is each pod's own number", arguments: Family.allCases)
        func namedTargetPort(family: Family) async throws {
            let bed = Bed(5, family)
            var service = bed.service()
            service.ports[0].targetPort = "web"
            service.ports[1].targetPort = "names"
            var first = bed.pod("node1-pod1")
            first.ports = [
                "{name: web, containerPort: 8080}",
                "{name: names, containerPort: 5353, protocol: UDP}",
            ]
            var second = bed.pod("node2-pod1")
            second.ports = [
                "{name: web, containerPort: 8081}",
                "{name: names, containerPort: 5354, protocol: UDP}",
            ]
            try await bed.serving([service.yaml, first.yaml, second.yaml]) {
                try await bed.expect(
                    .answers(["node1-pod1", "node2-pod1-alt"]), from: "node3-pod1", to: .clusterIP)
            }
        }

        @Test("6: a port is added and removed; others are not disturbed", arguments: Family.allCases)
        func portAddedAndRemoved(family: Family) async throws {
            let bed = Bed(6, family)
            let hosts = ["node1-pod1", "node2-pod1"]
            let service = bed.service()
            var wider = service
            wider.ports.append(.init(name: "more", port: 81, targetPort: "8081"))
            try await bed.serving(service, on: hosts) {
                let target = try await bed.target(.clusterIP, .tcp)
                let load = try await bed.lab.underLoad(
                    ["-r", "200", "-d", "2"], from: "node3-pod1", to: [target]
                ) {
                    try await bed.expect(
                        .refused, from: "node1-pod2", to: .clusterIP, [.tcp], port: 81)
                    try await bed.change(wider, on: hosts)
                    try await bed.expect(
                        .answers(["node1-pod1-alt", "node2-pod1-alt"]), from: "node1-pod2",
                        to: .clusterIP, [.tcp], port: 81)
                    try await bed.change(service, on: hosts)
                    try await bed.expect(
                        .refused, from: "node1-pod2", to: .clusterIP, [.tcp], port: 81)
                }
                #expect(load.failed == 0 && load.answered > 300)
            }
        }

        @Test("7: several Services over the same pods work", arguments: Family.allCases)
        func severalServices(family: Family) async throws {
            let bed = Bed(7, family)
            let hosts = ["node1-pod1", "node3-pod1"]
            var second = bed.service("NodePort", variant: 1)
            second.app = bed.service().app
            let pods = hosts.map { bed.pod($0).yaml }
            try await bed.serving([bed.service().yaml, second.yaml] + pods) {
                for variant in [0, 1] {
                    try await bed.expect(
                        .answers(Set(hosts)), from: "node2-pod1", to: .clusterIP,
                        variant: variant)
                }
                try await bed.change([second.yaml] + pods)
                try await bed.expect(.silent, from: "node2-pod1", to: .clusterIP)
                try await bed.expect(
                    .answers(Set(hosts)), from: "node2-pod1", to: .clusterIP, variant: 1)
            }
        }

        @Test("8: a pod's address is kept, backend on the same node", arguments: Family.allCases)
        func sourceOnSameNode(family: Family) async throws {
            try await expectSource(Bed(8, family), backend: "node1-pod1", client: "node1-pod2")
        }

        @Test("9: a pod's address is kept, backend on another node", arguments: Family.allCases)
        func sourceOnOtherNode(family: Family) async throws {
            try await expectSource(Bed(9, family), backend: "node2-pod1", client: "node1-pod2")
        }

        private func expectSource(_ bed: Bed, backend: String, client: String) async throws {
            try await bed.serving(bed.service(), on: [backend]) {
                for transport in Transport.allCases {
                    let answers = try await bed.ask(
                        3, transport, from: client, to: try await bed.target(.clusterIP, transport))
                    #expect(answers.byPod == [backend: 3])
                    #expect(answers.sources == [TestBed.address(of: client, bed.family)])
                }
            }
        }

        @Test("10: a pod reaches itself through its ClusterIP", arguments: Family.allCases)
        func hairpin(family: Family) async throws {
            let bed = Bed(10, family)
            try await bed.serving(bed.service(), on: ["node1-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node1-pod1", to: .clusterIP)
            }
        }

        @Test("11: a pod in the host's network reaches itself", arguments: Family.allCases)
        func hostHairpin(family: Family) async throws {
            let bed = Bed(11, family)
            try await bed.serving(bed.hostService(), on: ["node1"]) {
                try await bed.expect(.answers(["node1"]), from: "node1", to: .clusterIP)
            }
        }
    }
}

extension Bed {
    /// A Service whose endpoints are the nodes' own servers.
    func hostService(_ type: String = "ClusterIP", _ spec: String...) -> ServiceManifest {
        var service = service(type)
        service.spec = spec
        service.ports[0].targetPort = "8090"
        service.ports[1].targetPort = "5390"
        return service
    }
}

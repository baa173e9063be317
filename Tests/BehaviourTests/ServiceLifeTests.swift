import LabKit
import Testing

extension Behaviours {
    @Suite("1 Service basics: Services come and go")
    struct ServiceLife {
        @Test("12: stopping one Service does not affect others", arguments: Family.allCases)
        func upAndDown(family: Family) async throws {
            let bed = Bed(12, family)
            let (first, second) = (bed.service(), bed.service(variant: 1))
            let pods = [
                bed.pod("node1-pod1").yaml, bed.pod("node2-pod1", variant: 1).yaml,
                bed.pod("node3-pod1", variant: 2).yaml,
            ]
            try await bed.serving([first.yaml, second.yaml] + pods) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node3-pod2", to: .clusterIP)
                var third = bed.service(variant: 2)
                third.clusterIPs = nil
                try await bed.change([second.yaml, third.yaml] + pods)
                try await bed.expect(.silent, from: "node3-pod2", to: .clusterIP)
                try await bed.expect(
                    .answers(["node2-pod1"]), from: "node3-pod2", to: .clusterIP, variant: 1)
                let address = try await bed.clusterIP(of: third)
                #expect(address != ServiceManifest.clusterIP(12, 0, family))
                #expect(address != ServiceManifest.clusterIP(12, 1, family))
                try await bed.expect(
                    .answers(["node3-pod1"]), from: "node3-pod2", to: .address(address))
            }
        }

        @Test("13: a Service made again works at its new ClusterIP", arguments: Family.allCases)
        func madeAgain(family: Family) async throws {
            let bed = Bed(13, family)
            var service = bed.service()
            service.clusterIPs = nil
            try await bed.serving(service, on: ["node1-pod1"]) {
                let before = try await bed.clusterIP(of: service)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .address(before))
                try await bed.change([])
                try await bed.change(service, on: ["node1-pod1"])
                let after = try await bed.clusterIP(of: service)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .address(after))
                if before != after {
                    try await bed.expect(.silent, from: "node2-pod1", to: .address(before))
                }
            }
        }

        @Test("14: Services work after a restart of the proxies", arguments: Family.allCases)
        func proxiesRestart(family: Family) async throws {
            let bed = Bed(14, family)
            let hosts = ["node1-pod1", "node2-pod1"]
            let service = bed.service("NodePort")
            try await bed.serving(service, on: hosts) {
                for node in Lab.nodes { try await bed.lab.restart(node, "proxy") }
                try await bed.expect(.answers(Set(hosts)), from: "node3-pod1", to: .clusterIP)
                try await bed.expect(.answers(Set(hosts)), from: "client", to: .node("node3"))
                try await bed.change(service, on: ["node3-pod2"])
                try await bed.expect(.answers(["node3-pod2"]), from: "node1", to: .clusterIP)
            }
        }

        @Test("15: Services work after a restart of the API", arguments: Family.allCases)
        func apiRestarts(family: Family) async throws {
            let bed = Bed(15, family)
            let first = bed.service()
            try await bed.serving(first, on: ["node1-pod1"]) {
                try await bed.lab.run("kill", "control", "api", "KILL")
                try await bed.lab.restoring {
                    try await bed.expect(
                        .answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                } afterwards: {
                    try await bed.lab.run("start", "control", "api")
                }
                let pods = [
                    bed.pod("node1-pod1").yaml, bed.pod("node2-pod2", variant: 1).yaml,
                ]
                try await bed.change([first.yaml, bed.service(variant: 1).yaml] + pods)
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                // Each kind of object is heard of again at its own time.
                let second = try await bed.target(.clusterIP, .tcp, variant: 1)
                try await eventually("the new Service is served") {
                    try await bed.ask(1, from: "node2-pod1", to: second).answered == 1
                }
                try await bed.expect(
                    .answers(["node2-pod2"]), from: "node2-pod1", to: .clusterIP, variant: 1)
            }
        }

        @Test("16: a Service that is deleted has no way to its pods", arguments: Family.allCases)
        func deleted(family: Family) async throws {
            let bed = Bed(16, family)
            let pod = bed.pod("node1-pod1").yaml
            try await bed.serving([bed.service().yaml, pod]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                try await bed.change([pod])
                for client in ["node2-pod1", "node1-pod1", "node3"] {
                    try await bed.expect(.silent, from: client, to: .clusterIP)
                }
            }
        }

        @Test("17: a Service of another proxy is left alone", arguments: Family.allCases)
        func otherProxy(family: Family) async throws {
            try await expectSwitch(Bed(17, family), "service.kubernetes.io/service-proxy-name: x")
        }

        @Test("18: the label `headless` takes the way to a Service", arguments: Family.allCases)
        func headless(family: Family) async throws {
            try await expectSwitch(Bed(18, family), "service.kubernetes.io/headless: \"\"")
        }

        /// A label that hides the Service: set, taken away and set again.
        private func expectSwitch(_ bed: Bed, _ label: String) async throws {
            let shown = bed.service()
            var hidden = shown
            hidden.labels = [label]
            try await bed.serving(hidden, on: ["node1-pod1"]) {
                try await bed.expect(.silent, from: "node2-pod1", to: .clusterIP)
                try await bed.change(shown, on: ["node1-pod1"])
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                try await bed.change(hidden, on: ["node1-pod1"])
                try await bed.expect(.silent, from: "node2-pod1", to: .clusterIP)
            }
        }
    }
}

extension Bed {
    /// The ClusterIP that the API has given a Service.
    func clusterIP(of service: ServiceManifest) async throws -> String {
        let listed = try await Cluster(lab).service(service.name)
        return try #require(listed.clusterIPs.first(where: family.contains))
    }
}

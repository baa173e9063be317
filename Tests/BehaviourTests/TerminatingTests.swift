import LabKit
import Testing

extension Behaviours {
    @Suite("3 Terminating endpoints")
    struct Terminating {
        @Test("60: only terminating ones left, they serve", arguments: Family.allCases)
        func insideCluster(family: Family) async throws {
            let bed = Bed(60, family)
            let pods = [
                bed.terminating("node1-pod1").yaml, bed.terminating("node2-pod1").yaml,
                bed.unready("node3-pod1").yaml,
            ]
            try await bed.serving([bed.service().yaml] + pods) {
                for client in ["node1-pod2", "node3-pod2", "node3"] {
                    try await bed.expect(
                        .answers(["node1-pod1", "node2-pod1"]), from: client, to: .clusterIP)
                }
            }
        }

        @Test(
            "61: internal policy Local: on the client's node; on other nodes nothing",
            arguments: Family.allCases)
        func insideLocal(family: Family) async throws {
            let bed = Bed(61, family)
            let service = bed.service("ClusterIP", "internalTrafficPolicy: Local")
            try await bed.serving([service.yaml, bed.terminating("node1-pod1").yaml]) {
                for client in ["node1-pod2", "node1"] {
                    try await bed.expect(.answers(["node1-pod1"]), from: client, to: .clusterIP)
                }
                try await bed.expect(.silent, from: "node2-pod1", to: .clusterIP)
            }
        }

        @Test("62: external policy Cluster: every node's NodePort", arguments: Family.allCases)
        func outsideCluster(family: Family) async throws {
            let bed = Bed(62, family)
            try await bed.serving(
                [bed.service("NodePort").yaml, bed.terminating("node1-pod1").yaml]
            ) {
                for node in Lab.nodes {
                    try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node(node))
                }
            }
        }

        @Test(
            "63: external policy Local: the node of the terminating pod alone",
            arguments: Family.allCases)
        func outsideLocal(family: Family) async throws {
            let bed = Bed(63, family)
            let service = bed.service("NodePort", "externalTrafficPolicy: Local")
            try await bed.serving([service.yaml, bed.terminating("node1-pod1").yaml]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node1"))
                try await bed.expect(.silent, from: "client", to: .node("node2"))
                // A ready pod elsewhere leaves the node's last one to clients from outside.
                try await bed.change([
                    service.yaml, bed.terminating("node1-pod1").yaml, bed.pod("node2-pod1").yaml,
                ])
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node1"))
                try await bed.expect(.answers(["node2-pod1"]), from: "client", to: .node("node2"))
                try await bed.expect(.silent, from: "client", to: .node("node3"))
                // Pods are not held to the policy, and use what is ready.
                for spot in [Spot.clusterIP, .node("node1")] {
                    try await bed.expect(.answers(["node2-pod1"]), from: "node1-pod2", to: spot)
                }
                try await bed.expect(.answers(["node2-pod1"]), from: "node1", to: .node("node1"))
            }
        }

        @Test("64: a ready endpoint ends it", arguments: Family.allCases)
        func ends(family: Family) async throws {
            let bed = Bed(64, family)
            let service = bed.service("NodePort").yaml
            let old = bed.terminating("node1-pod1").yaml
            try await bed.serving([service, old]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node3-pod1", to: .clusterIP)
                try await bed.change([service, old, bed.pod("node2-pod1").yaml])
                for client in ["node3-pod1", "node1-pod2", "node1"] {
                    try await bed.expect(.answers(["node2-pod1"]), from: client, to: .clusterIP)
                }
                try await bed.expect(.answers(["node2-pod1"]), from: "client", to: .node("node1"))
            }
        }

        @Test(
            "65: the health check's port says 503 while the NodePort still serves",
            arguments: Family.allCases)
        func healthCheck(family: Family) async throws {
            let bed = Bed(65, family)
            let service = bed.service(
                "LoadBalancer", "externalTrafficPolicy: Local", "healthCheckNodePort: 32065")
            try await bed.serving([service.yaml, bed.pod("node1-pod1").yaml]) {
                try await bed.expectHealth(200, on: "node1", port: 32_065)
                try await bed.change([service.yaml, bed.terminating("node1-pod1").yaml])
                try await bed.expectHealth(503, on: "node1", port: 32_065)
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node1"))
            }
        }

        @Test(
            "67: connections to a terminating pod stay until it ends them",
            arguments: Family.allCases)
        func connectionsStay(family: Family) async throws {
            let bed = Bed(67, family)
            let service = bed.keptAlive("NodePort").yaml
            try await bed.serving([service, bed.pod("node1-pod1").yaml]) {
                for (client, spot) in [("node2-pod1", Spot.clusterIP), ("client", .node("node2"))] {
                    try await bed.change([service, bed.pod("node1-pod1").yaml])
                    try await bed.expectKept(from: client, to: spot, by: "node1-pod1-kept") {
                        try await bed.change([
                            service, bed.terminating("node1-pod1").yaml,
                            bed.pod("node3-pod1").yaml,
                        ])
                        try await bed.expect(
                            .answers(["node3-pod1-alt"]), from: client, to: spot, [.udp])
                    }
                }
            }
        }
    }
}

extension Bed {
    /// A Service over the pods' servers that leave connections open, and the second ones for UDP.
    func keptAlive(_ type: String) -> ServiceManifest {
        var service = service(type)
        service.ports[0].targetPort = "8082"
        service.ports[1].targetPort = "5354"
        return service
    }

    /// One connection goes on, to the same server, whatever the body does.
    func expectKept(
        from client: String, to spot: Spot, by server: String,
        sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async throws {
        let target = try await target(spot, .tcp)
        let load = try lab.startInNetwork(
            of: client,
            ["loadgen", "-j", "-i", "100", "-k", "0", "-c", "1", "-r", "50", "-d", "2"] + [target])
        try await eventually("a connection stands") { load.complaint.contains("ok=") }
        try await body()
        let report = try LoadReport(json: try await load.finish().checked().text)
        #expect(
            report.failed == 0 && report.pods == [server] && report.answered > 80,
            "\(report.answersByPod), \(report.failed) failed", sourceLocation: sourceLocation)
    }

    /// Waits until a node's health check port answers with this status.
    func expectHealth(
        _ status: Int, on node: String, port: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let url = "http://\(Cluster.text(TestBed.address(of: node, family), port))/"
        var last = ""
        do {
            try await eventually("\(url) says \(status)", within: .seconds(5)) {
                last = try await lab.inNetwork(
                    of: "client", "curl", "--silent", "--globoff", "--max-time", "1", "--output",
                    "/dev/null", "--write-out", "%{http_code}", url
                ).text
                return Int(last) == status
            }
        } catch is Unexpected {
            Issue.record("\(url): \(status) expected, but \(last)", sourceLocation: sourceLocation)
        }
    }
}

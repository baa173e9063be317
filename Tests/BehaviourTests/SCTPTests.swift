import LabKit
import Testing

extension Behaviours {
    /// This kernel has no SCTP sockets: raw packets ask and answer.
    @Suite("2 and 7 SCTP")
    struct SCTP {
        private static let hosts = ["node1-pod1", "node2-pod1"]
        private static let pods: Set = ["node1-pod1", "node2-pod1"]

        @Test("53: a Service with SCTP makes no host load the module", arguments: Family.allCases)
        func module(family: Family) async throws {
            let bed = Bed(53, family)
            let before = try await modules(bed)
            try await bed.serving(bed.withSCTP("NodePort"), on: Self.hosts) {
                try await bed.expect(.answers(Self.pods), from: "node1-pod2", to: .clusterIP)
                #expect(try await modules(bed) == before)
            }
        }

        /// The kernel's modules of this name; /proc/net/sctp is there when it is built in.
        private func modules(_ bed: Bed) async throws -> String {
            try await bed.lab.exec(
                "node1", "sh", "-c", "cut -d' ' -f1 /proc/modules | grep -x sctp; "
                    + "ls -d /proc/net/sctp 2>/dev/null; true")
        }

        @Test("54: SCTP at ClusterIP and NodePort", arguments: Family.allCases)
        func clusterIPAndNodePort(family: Family) async throws {
            let bed = Bed(54, family)
            let service = bed.withSCTP("NodePort")
            try await bed.serving(service, on: Self.hosts) {
                try await bed.servingSCTP(on: Self.hosts) {
                    try await bed.expectSCTP(Self.pods, from: "node3-pod1", to: .clusterIP)
                    try await bed.expectSCTP(Self.pods, from: "node1", to: .clusterIP)
                    for node in Lab.nodes {
                        try await bed.expectSCTP(Self.pods, from: "client", to: .node(node))
                    }
                    try await bed.change(service, on: ["node2-pod1"])
                    try await bed.expectSCTP(["node2-pod1"], from: "node3-pod1", to: .clusterIP)
                    try await bed.change(service, on: [])
                    try await bed.expectSCTP(["refused"], from: "node3-pod1", to: .clusterIP)
                    try await bed.expectSCTP(["refused"], from: "client", to: .node("node1"))
                }
            }
        }

        @Test("126: pod to Service over SCTP, by ClusterIP and by node", arguments: Family.allCases)
        func pods(family: Family) async throws {
            let bed = Bed(126, family)
            try await bed.serving(bed.withSCTP("NodePort"), on: Self.hosts) {
                try await bed.servingSCTP(on: Self.hosts) {
                    // The first of them reaches itself, too.
                    for client in ["node1-pod1", "node1-pod2", "node3-pod1"] {
                        try await bed.expectSCTP(Self.pods, from: client, to: .clusterIP)
                        try await bed.expectSCTP(Self.pods, from: client, to: .node("node2"))
                    }
                }
            }
        }

        @Test("135: TCP, UDP and SCTP at one Service, at once", arguments: Family.allCases)
        func together(family: Family) async throws {
            let bed = Bed(135, family)
            var service = bed.withSCTP("NodePort")
            for index in service.ports.indices { service.ports[index].port = 80 }
            try await bed.serving(service, on: Self.hosts) {
                try await bed.servingSCTP(on: Self.hosts) {
                    for client in ["node3-pod1", "node1"] {
                        async let tcp: Void = bed.expect(
                            .answers(Self.pods), from: client, to: .clusterIP, [.tcp], port: 80)
                        async let udp: Void = bed.expect(
                            .answers(Self.pods), from: client, to: .clusterIP, [.udp], port: 80)
                        try await bed.expectSCTP(
                            Self.pods, from: client, to: .clusterIP, port: 80)
                        _ = try await (tcp, udp)
                    }
                    for transport in Transport.allCases {
                        try await bed.expect(
                            .answers(Self.pods), from: "client", to: .node("node3"), [transport])
                    }
                    try await bed.expectSCTP(Self.pods, from: "client", to: .node("node3"))
                }
            }
        }
    }
}

extension Bed {
    /// The port that SCTP's servers answer at in pods and nodes.
    private static let sctpTarget = 9_054

    /// SCTP at port 90.
    func sctpPort(nodePort: Bool) -> ServiceManifest.Port {
        .init(
            name: "sctp", transport: "SCTP", port: 90, targetPort: "\(Self.sctpTarget)",
            nodePort: nodePort ? ServiceManifest.nodePort(number, 0) : nil)
    }

    /// A Service with SCTP beside TCP and UDP.
    func withSCTP(_ type: String) -> ServiceManifest {
        var service = service(type)
        service.ports.append(sctpPort(nodePort: type != "ClusterIP"))
        return service
    }

    /// Hosts answer SCTP while the body runs.
    func servingSCTP(on hosts: [String], _ body: () async throws -> Void) async throws {
        let servers = try hosts.map { host in
            try startTool(
                "sctp.py", on: host,
                ["serve", host, "\(Self.sctpTarget)", TestBed.address(of: host, family)])
        }
        defer { for server in servers { server.signal(9) } }
        try await eventually("the servers are ready") {
            servers.allSatisfy { $0.said.contains("ready") }
        }
        try await body()
    }

    /// These servers answer, or `refused` or `silent` is all there is.
    func expectSCTP(
        _ names: Set<String>, from client: String, to spot: Spot, port: Int = 90,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var number = port
        if case .node = spot { number = ServiceManifest.nodePort(self.number, 0) }
        let count = names.count == 1 ? 2 : names.count * 12
        let output = try await startTool(
            "sctp.py", on: client, ["ask", address(spot), "\(number)", "\(count)"]
        ).finish().checked()
        let lines = output.text.split(separator: "\n").map(String.init)
        #expect(
            Set(lines) == names && lines.count == count,
            "\(client) → \(address(spot)): \(lines)", sourceLocation: sourceLocation)
    }
}

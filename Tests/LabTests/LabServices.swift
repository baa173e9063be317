import LabKit

/// Manifests of the tests' own, beside those of `deploy/examples`.
enum LabServices {
    /// Three pods, one on each node, at every kind of frontend; and a pod behind its own Service.
    static let manifest = [
        service("trio", type: "LoadBalancer", selector: ["ordinal": "1"]),
        service("mirror", type: "ClusterIP", selector: ["name": "node1-pod1"]),
    ].joined(separator: "---\n")

    /// The pods behind `trio`.
    static let trio: Set = ["node1-pod1", "node2-pod1", "node3-pod1"]

    /// A Service of both families over the lab's pods, on TCP and UDP.
    static func service(
        _ name: String, type: String, selector: [String: String]
    ) -> String {
        manifest(name, type: type, selector: selector, notes: "", policy: "", ports: ports)
    }

    /// A load balancer's Service of both families, whose nodes send to their own pods: to one of
    /// each node, or to those selected; with these annotations of ours.
    static func localService(
        _ name: String, _ annotations: [String: String] = [:],
        selector: [String: String] = ["ordinal": "1"], hasDatagrams: Bool = true
    ) -> String {
        let notes = annotations.sorted { $0.key < $1.key }
            .map { "    sluice.io/\($0.key): \"\($0.value)\"\n" }.joined()
        return manifest(
            name, type: "LoadBalancer", selector: selector,
            notes: notes.isEmpty ? "" : "  annotations:\n\(notes)",
            policy: "  externalTrafficPolicy: Local\n",
            ports: hasDatagrams ? ports : Array(ports.prefix(1)))
    }

    private static let ports = [
        "    - {name: http, protocol: TCP, port: 80, targetPort: http}\n",
        "    - {name: dns, protocol: UDP, port: 53, targetPort: dns}\n",
    ]

    private static func manifest(
        _ name: String, type: String, selector: [String: String], notes: String, policy: String,
        ports: [String]
    ) -> String {
        let labels = selector.map { "    \($0.key): \"\($0.value)\"\n" }.sorted().joined()
        return """
            apiVersion: v1
            kind: Service
            metadata:
              name: \(name)
            \(notes)\
            spec:
              type: \(type)
            \(policy)\
              ipFamilyPolicy: PreferDualStack
              selector:
            \(labels)\
              ports:
            \(ports.joined())
            """
    }
}

extension Lab {
    /// Runs the body with a Service of a manifest as soon as it has an address of each family,
    /// at which its port 80 is.
    func withAddresses(
        of name: String, _ manifest: String, _ body: (_ targets: [String]) async throws -> Void
    ) async throws {
        let cluster = Cluster(self)
        try await with(manifest, as: "\(name).yaml") {
            try await eventually("the Service has addresses") {
                try await cluster.services()[name]?.virtualIPs.count == 2
            }
            try await body(try await cluster.targets(name, .virtualIP))
        }
    }

    /// Waits until connections from the client reach these nodes, all of them and no others.
    func waitUntil(
        _ nodes: Set<String>, answerAt targets: [String], within time: Duration = .seconds(60)
    ) async throws {
        try await eventually("\(nodes.sorted()) answer, and nobody else", within: time) {
            let report = try await send(
                60, from: "client", to: targets, atOnce: 6, timeoutMilliseconds: 500)
            return report.answered == 60 && report.nodes == nodes
        }
    }
}

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
    static func service(_ name: String, type: String, selector: [String: String]) -> String {
        let labels = selector.map { "    \($0.key): \"\($0.value)\"\n" }.sorted().joined()
        return """
            apiVersion: v1
            kind: Service
            metadata:
              name: \(name)
            spec:
              type: \(type)
              ipFamilyPolicy: PreferDualStack
              selector:
            \(labels)\
              ports:
                - {name: http, protocol: TCP, port: 80, targetPort: http}
                - {name: dns, protocol: UDP, port: 53, targetPort: dns}

            """
    }
}

import Testing

/// A manifest with a fault, and what has to be said about it.
struct BadManifest: CustomTestStringConvertible, Sendable {
    let fault: String
    /// Where it is: the line, and the field if there is one.
    let line: Int
    let field: String?
    /// Words of the message.
    let message: String
    let text: String

    var testDescription: String { fault }
    var file: String { "bad.yaml" }

    static let all = [
        BadManifest(
            fault: "unreadable YAML", line: 3, field: nil, message: "cannot be parsed",
            text: """
                apiVersion: v1
                kind: Service
                metadata: {name: bad]
                """),
        BadManifest(
            fault: "an unknown kind", line: 2, field: "kind", message: "unknown kind",
            text: """
                apiVersion: v1
                kind: Servce
                metadata: {name: bad}
                """),
        service("port 0", line: 8, field: "spec.ports[0].port", message: "0", "port: 0"),
        service(
            "port 70000", line: 8, field: "spec.ports[0].port", message: "70000", "port: 70000"),
        service(
            "an unknown protocol", line: 9, field: "spec.ports[0].protocol", message: "ICMP",
            "port: 80\n      protocol: ICMP"),
        service(
            "a nodePort that another Service has", line: 9, field: "spec.ports[0].nodePort",
            message: "30080", "port: 80\n      nodePort: 30080"),
        service(
            "a nodePort outside the range", line: 9, field: "spec.ports[0].nodePort",
            message: "29999", "port: 80\n      nodePort: 29999"),
        BadManifest(
            fault: "a bad CIDR", line: 7, field: "spec.loadBalancerSourceRanges[0]",
            message: "10.0.0.0/33",
            text: """
                apiVersion: v1
                kind: Service
                metadata: {name: bad}
                spec:
                  type: LoadBalancer
                  loadBalancerSourceRanges:
                    - 10.0.0.0/33
                  ports: [{port: 80}]
                """),
        BadManifest(
            fault: "a ClusterIP outside the range", line: 5, field: "spec.clusterIPs[0]",
            message: "192.0.2.1",
            text: """
                apiVersion: v1
                kind: Service
                metadata: {name: bad}
                spec:
                  clusterIPs: [192.0.2.1]
                  ports: [{port: 80}]
                """),
    ]

    /// A Service with these lines as its only port, the first of them in line 8.
    private static func service(
        _ fault: String, line: Int, field: String, message: String, _ port: String
    ) -> BadManifest {
        BadManifest(
            fault: fault, line: line, field: field, message: message,
            text: """
                apiVersion: v1
                kind: Service
                metadata: {name: bad}
                spec:
                  type: NodePort
                  selector: {ordinal: "1"}
                  ports:
                    - \(port)
                """)
    }
}

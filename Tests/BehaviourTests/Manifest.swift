import LabKit

/// A Service over the pods labelled with its name, in both families, at addresses of its own.
struct ServiceManifest: Sendable {
    /// One of its ports, as YAML in one line.
    struct Port: Sendable {
        var name: String
        var transport = "TCP"
        var port: Int
        var targetPort: String
        var nodePort: Int?

        var yaml: String {
            let nodePort = nodePort.map { ", nodePort: \($0)" } ?? ""
            return "{name: \(name), protocol: \(transport), port: \(port), "
                + "targetPort: \(targetPort)\(nodePort)}"
        }
    }

    let number: Int
    /// Tells the Services of one test apart: 0, 1, 2.
    let variant: Int
    var type: String
    var ports: [Port]
    /// More fields of the spec, each as YAML in one line.
    var spec: [String]
    var labels: [String] = []
    var annotations: [String] = []
    /// The label `app` of its pods; nil: it has no selector.
    var app: String?
    /// `ipFamilyPolicy`; nil: none is stated.
    var policy: String? = "PreferDualStack"
    /// Addresses of somebody else's load balancer, each as YAML in one line.
    var ingress: [String] = []
    /// Nil: none is stated.
    var clusterIPs: [String]?

    /// A Service with the ports `http` (TCP 80) and `dns` (UDP 53).
    init(_ number: Int, variant: Int = 0, type: String = "ClusterIP", _ spec: String...) {
        self.number = number
        self.variant = variant
        self.type = type
        self.spec = spec
        let nodePort = type == "ClusterIP" ? nil : Self.nodePort(number, variant)
        ports = [
            Port(name: "http", port: 80, targetPort: "8080", nodePort: nodePort),
            Port(name: "dns", transport: "UDP", port: 53, targetPort: "5353", nodePort: nodePort),
        ]
        app = Self.name(number, variant)
        clusterIPs = Family.allCases.map { Self.clusterIP(number, variant, $0) }
    }

    var name: String { Self.name(number, variant) }

    static func name(_ number: Int, _ variant: Int) -> String {
        "b\(number)" + ["", "-b", "-c"][variant]
    }

    static func clusterIP(_ number: Int, _ variant: Int, _ family: Family) -> String {
        // Addresses are given out from 10.96.1.1 and fd96::101 on; the first ones have their
        // meaning: the API's own, and the name server's at the tenth.
        let number = number < 16 ? number + 224 : number
        let last = variant * 0x4000 + number
        return family == .v4
            ? "10.96.\(variant * 8).\(number)" : "fd96::\(String(last, radix: 16))"
    }

    static func nodePort(_ number: Int, _ variant: Int) -> Int { 31_000 + variant * 200 + number }

    var yaml: String {
        var fields = ["type: \(type)"] + spec
        if !ingress.isEmpty { fields.append("loadBalancerClass: lab/other") }
        if type != "ExternalName" {
            fields += policy.map { ["ipFamilyPolicy: \($0)"] } ?? []
            fields += ["ports: [\(ports.map(\.yaml).joined(separator: ", "))]"]
            fields += app.map { ["selector: {app: \($0)}"] } ?? []
            fields += clusterIPs.map { ["clusterIPs: [\(quoted($0))]"] } ?? []
        }
        return """
            apiVersion: v1
            kind: Service
            metadata:
              name: \(name)
              labels: {\(labels.joined(separator: ", "))}
              annotations: {\(annotations.joined(separator: ", "))}
            spec: {\(fields.joined(separator: ", "))}
            status: {loadBalancer: {ingress: [\(ingress.joined(separator: ", "))]}}

            """
    }
}

/// A Pod that stands for a server of the lab.
struct PodManifest: Sendable {
    /// The pod of the lab, or the node for a server in the host's network.
    let host: String
    var app: String
    var isReady = true
    var isTerminating = false
    var phase = "Running"
    /// Named ports, each as YAML in one line.
    var ports = [
        "{name: http, containerPort: 8080}", "{name: dns, containerPort: 5353, protocol: UDP}",
    ]

    var yaml: String {
        let addresses = Family.allCases.map { TestBed.address(of: host, $0) }
        let deletion = isTerminating ? ", deletionTimestamp: \"2026-01-01T00:00:00Z\"" : ""
        return """
            apiVersion: v1
            kind: Pod
            metadata: {name: \(app)-\(host), labels: {app: \(app)}\(deletion)}
            spec:
              nodeName: \(host.prefix(5))
              containers: [{name: main, image: main, ports: [\(ports.joined(separator: ", "))]}]
            status:
              phase: \(phase)
              podIP: \(addresses[0])
              podIPs: [{ip: "\(addresses[0])"}, {ip: "\(addresses[1])"}]
              conditions: [{type: Ready, status: "\(isReady ? "True" : "False")"}]

            """
    }
}

/// Endpoints by hand, in a slice of each family.
struct SliceManifest: Sendable {
    /// One endpoint; what is added is YAML, such as `conditions: {ready: false}`.
    struct Entry: Sendable {
        let host: String
        var more: [String] = []
    }

    let service: String
    var suffix = "slice"
    var entries: [Entry]
    var ports = ["{name: http, port: 8080}", "{name: dns, port: 5353, protocol: UDP}"]

    var yaml: String {
        Family.allCases.map { family in
            let endpoints = entries.map { entry in
                let fields =
                    [
                        "addresses: [\"\(TestBed.address(of: entry.host, family))\"]",
                        "nodeName: \(entry.host.prefix(5))",
                    ] + entry.more
                return "  - {\(fields.joined(separator: ", "))}\n"
            }
            return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: \(service)-\(suffix)-\(family)
                  labels: {kubernetes.io/service-name: \(service)}
                addressType: \(family == .v4 ? "IPv4" : "IPv6")
                ports: [\(ports.joined(separator: ", "))]
                endpoints:\(endpoints.isEmpty ? " []" : "")
                \(endpoints.joined())
                """
        }.joined(separator: "---\n")
    }
}

private func quoted(_ texts: [String]) -> String {
    texts.map { "\"\($0)\"" }.joined(separator: ", ")
}

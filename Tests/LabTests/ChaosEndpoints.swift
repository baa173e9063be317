import LabKit
import Support

/// What stands behind a Service of the chaos: pods of the lab, and addresses that nobody has.
enum ChaosEndpoints {
    private static let zones = ["west", "east"]

    /// Pods that the Service's selector finds.
    static func pods(of service: String, using random: inout SplitMix) -> String {
        var yaml = ""
        for node in 1...3 {
            for pod in 1...2 where random.chance(0.5) {
                let deletion =
                    random.chance(0.1) ? ", deletionTimestamp: \"2026-01-01T00:00:00Z\"" : ""
                let isReady = random.chance(0.8) ? "True" : "False"
                yaml += """
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: \(service)-\(node)-\(pod), labels: {app: \(service)}\(deletion)}
                    spec:
                      nodeName: node\(node)
                      containers:
                        - {name: main, image: main, ports: [{name: http, containerPort: 8080}]}
                    status:
                      phase: \(random.chance(0.95) ? "Running" : "Failed")
                      podIP: \(address(node, pod + 1, .v4))
                      podIPs:
                        - {ip: "\(address(node, pod + 1, .v4))"}
                        - {ip: "\(address(node, pod + 1, .v6))"}
                      conditions: [{type: Ready, status: "\(isReady)"}]

                    """
            }
        }
        return yaml
    }

    /// One to three slices a family by hand, whose endpoints may be named twice.
    static func slices(
        of service: String, _ families: [Family], using random: inout SplitMix
    ) -> String {
        families.map { family in
            (0..<Int.random(in: 1...3, using: &random)).map { number in
                let isHinted = random.chance(0.3)
                let endpoints = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    endpoint(family, isHinted: isHinted, using: &random)
                }
                return """
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata:
                      name: \(service)-\(number)-\(family)
                      labels: {kubernetes.io/service-name: \(service)}
                    addressType: \(family == .v4 ? "IPv4" : "IPv6")
                    ports: [\(ports(using: &random).joined(separator: ", "))]
                    endpoints: [\(endpoints.joined(separator: ", "))]

                    """
            }.joined()
        }.joined()
    }

    private static func ports(using random: inout SplitMix) -> [String] {
        [
            "{name: http, port: 8080}",
            "{name: dns, port: \(random.pick([5353, 5354])), protocol: UDP}",
            "{name: alt, port: \(random.pick([8080, 8081]))}",
            "{name: assoc, port: 9132, protocol: SCTP}",
        ].filter { _ in random.chance(0.8) }
    }

    private static func endpoint(
        _ family: Family, isHinted: Bool, using random: inout SplitMix
    ) -> String {
        let node = Int.random(in: 1...3, using: &random)
        let number = random.pick([2, 3, 50, 51, 52, 53])
        var fields = ["addresses: [\"\(address(node, number, family))\"]"]
        if random.chance(0.9) { fields.append("nodeName: node\(node)") }
        let (isReady, isServing, isTerminating) = random.pick([
            (true, true, false), (true, true, false), (true, true, false), (false, false, false),
            (false, true, true), (false, false, true),
        ])
        fields.append(
            "conditions: {ready: \(isReady), serving: \(isServing), terminating: \(isTerminating)}"
        )
        if isHinted {
            fields.append("zone: \(random.pick(zones))")
            fields.append("hints: {forZones: [{name: \(random.pick(zones))}]}")
        }
        return "{\(fields.joined(separator: ", "))}"
    }

    private static func address(_ node: Int, _ number: Int, _ family: Family) -> String {
        family == .v4
            ? "10.244.\(node).\(number)" : "fd44:0:0:\(node)::\(String(number, radix: 16))"
    }
}

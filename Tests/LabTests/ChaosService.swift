import LabKit
import Support

/// A Service of the chaos and what stands behind it, at random: every field that steers traffic.
///
/// No two of them ask for the same address and port: who came first keeps it, which a fresh plan
/// cannot know.
struct ChaosService: Sendable {
    /// How many of them there are at most.
    static let count = 16

    let place: Int
    private let fields: [String]
    private let labels: [String]
    private let annotations: [String]
    private let ingress: [String]
    private let endpoints: String

    /// A Service as it may be at this place.
    init(_ place: Int, using random: inout SplitMix) {
        let families = Self.families(using: &random)
        let type = random.pick([
            "ClusterIP", "NodePort", "NodePort", "LoadBalancer", "LoadBalancer",
        ])
        let isHeadless = type == "ClusterIP" && random.chance(0.1)
        let selects = random.chance(0.5)
        self.place = place
        var fields = ["type: \(type)"] + Self.addresses(place, families, isHeadless: isHeadless)
        fields.append("ports: [\(Self.ports(place, type, using: &random).joined(separator: ", "))]")
        if selects { fields.append("selector: {app: \(Self.name(place))}") }
        fields += Self.policies(of: type, isHeadless: isHeadless, using: &random)
        if random.chance(0.3) {
            let external = families.map { Self.address("192.0.2", "2001:db8:2:1:", place, $0) }
            fields.append("externalIPs: [\(Self.quoted(external))]")
        }
        ingress = type == "LoadBalancer" ? Self.ingress(place, families, using: &random) : []
        if !ingress.isEmpty { fields.append("loadBalancerClass: lab/other") }
        self.fields = fields
        labels = random.chance(0.05) ? ["service.kubernetes.io/service-proxy-name: other"] : []
        annotations = Self.annotations(using: &random)
        endpoints =
            selects
            ? ChaosEndpoints.pods(of: Self.name(place), using: &random)
            : ChaosEndpoints.slices(of: Self.name(place), families, using: &random)
    }

    /// All that stands in one file.
    var yaml: String {
        """
        apiVersion: v1
        kind: Service
        metadata:
          name: \(Self.name(place))
          labels: {\(labels.joined(separator: ", "))}
          annotations: {\(annotations.joined(separator: ", "))}
        spec: {\(fields.joined(separator: ", "))}
        status: {loadBalancer: {ingress: [\(ingress.joined(separator: ", "))]}}
        \(endpoints)
        """
    }

    static func name(_ place: Int) -> String { "chaos-\(place)" }

    /// Below those that are given out to who states none.
    static func clusterIP(_ place: Int, _ family: Family) -> String {
        address("10.96.0", "fd96:", 64 + place, family)
    }

    /// The nodePort of its first TCP and UDP port.
    static func nodePort(_ place: Int) -> Int { 31_600 + place }

    private static let someSources = "203.0.113.0/24,10.244.0.0/16,2001:db8::/32,fd44::/48"

    private static func address(
        _ start4: String, _ start6: String, _ number: Int, _ family: Family
    ) -> String {
        family == .v4 ? "\(start4).\(number)" : "\(start6):\(String(number, radix: 16))"
    }

    private static func families(using random: inout SplitMix) -> [Family] {
        random.pick([[.v4, .v6], [.v4, .v6], [.v4, .v6], [.v6, .v4], [.v4], [.v6]])
    }

    private static func addresses(
        _ place: Int, _ families: [Family], isHeadless: Bool
    ) -> [String] {
        let clusterIPs = isHeadless ? ["None"] : families.map { clusterIP(place, $0) }
        let names = families.map { $0 == .v4 ? "IPv4" : "IPv6" }
        return [
            "clusterIPs: [\(quoted(clusterIPs))]", "ipFamilies: [\(names.joined(separator: ", "))]",
            "ipFamilyPolicy: \(families.count == 2 ? "RequireDualStack" : "SingleStack")",
        ]
    }

    private static func ports(
        _ place: Int, _ type: String, using random: inout SplitMix
    ) -> [String] {
        let all = [
            "name: http, protocol: TCP, port: 80, targetPort: 8080",
            "name: dns, protocol: UDP, port: 53, targetPort: \(random.pick([5353, 5354]))",
            "name: alt, protocol: TCP, port: 8443, targetPort: \(random.pick(["http", "8081"]))",
            "name: assoc, protocol: SCTP, port: 132, targetPort: 9132",
        ]
        let some = all.filter { _ in random.chance(0.7) }
        return (some.isEmpty ? [all[0]] : some).map { port in
            let isFirst = port.contains("http,") || port.contains("dns,")
            let states = type != "ClusterIP" && isFirst && random.chance(0.8)
            return "{\(port)\(states ? ", nodePort: \(nodePort(place))" : "")}"
        }
    }

    private static func policies(
        of type: String, isHeadless: Bool, using random: inout SplitMix
    ) -> [String] {
        var fields: [String] = []
        if random.chance(0.2) { fields.append("publishNotReadyAddresses: true") }
        guard !isHeadless else { return fields }
        if random.chance(0.3) {
            let seconds = random.pick([5, 600, 10_800])
            fields += [
                "sessionAffinity: ClientIP",
                "sessionAffinityConfig: {clientIP: {timeoutSeconds: \(seconds)}}",
            ]
        }
        if random.chance(0.3) { fields.append("internalTrafficPolicy: Local") }
        if type != "ClusterIP", random.chance(0.4) {
            fields.append("externalTrafficPolicy: Local")
        }
        if type == "LoadBalancer", random.chance(0.4) {
            fields.append("loadBalancerSourceRanges: [\(someSources)]")
        }
        if random.chance(0.3) {
            let word = random.pick(["PreferClose", "PreferSameNode", "PreferSameZone"])
            fields.append("trafficDistribution: \(word)")
        }
        return fields
    }

    static let sharedAffinity = "sluice.io/affinity-scope: service"

    private static func annotations(using random: inout SplitMix) -> [String] {
        var annotations: [String] = []
        if random.chance(0.2) {
            annotations.append("sluice.io/source-ranges: \"\(someSources)\"")
        }
        // Says nothing without `sessionAffinity: ClientIP`, which is left to chance, too.
        if random.chance(0.4) { annotations.append(sharedAffinity) }
        return annotations
    }

    /// Addresses of somebody else's load balancer; often none, so that the lab's own gives them.
    private static func ingress(
        _ place: Int, _ families: [Family], using random: inout SplitMix
    ) -> [String] {
        guard random.chance(0.5) else { return [] }
        let mode = random.pick(["VIP", "Proxy"])
        return families.map {
            "{ip: \"\(address("192.0.2", "2001:db8:2:2:", 128 + place, $0))\", ipMode: \(mode)}"
        }
    }

    private static func quoted(_ texts: [String]) -> String {
        texts.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}

extension SplitMix {
    /// True this often.
    mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    /// One of these; there must be some.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }
}

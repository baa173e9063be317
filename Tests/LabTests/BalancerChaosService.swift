import LabKit
import Support

/// A Service of the balancer's chaos at random: every annotation that steers a balancer.
struct BalancerChaosService: Sendable {
    /// How many of them there are at most.
    static let count = 5

    let place: Int
    private let fields: [String]
    private let notes: [String]

    /// A Service as it may be at this place.
    init(_ place: Int, using random: inout SplitMix) {
        self.place = place
        var fields = [random.pick(["selector: {ordinal: \"1\"}", "selector: {app: web}"])]
        if random.chance(0.5) { fields.append("externalTrafficPolicy: Local") }
        if random.chance(0.2) { fields.append("sessionAffinity: ClientIP") }
        if random.chance(0.2) {
            fields.append("loadBalancerSourceRanges: [203.0.113.0/24, \"2001:db8:113::/64\"]")
        }
        var notes: [String] = []
        func note(_ name: String, _ probability: Double, _ values: [String]) {
            let value = random.pick(values)
            if random.chance(probability) { notes.append("sluice.io/\(name): \"\(value)\"") }
        }
        note("data-plane", 0.5, ["masquerade", "direct-return", "nonsense"])
        note("balancing", 0.5, ["random", "source-hash", "maglev"])
        note("check", 0.5, ["tcp", "tcp:9", "http:10256/readyz", "http:10256/nowhere", "what"])
        note("check-initial", 0.2, ["up", "down", "fully-down"])
        note("connection-limit", 0.3, ["1", "1000"])
        note("client-rate", 0.3, ["5/second", "1000/second"])
        note("ejection", 0.2, ["off"])
        note("balancer-drain", 0.2, ["node2", "node2,node3"])
        note("balancer-maintenance", 0.1, ["node3"])
        self.fields = fields
        self.notes = notes
    }

    /// Its manifest.
    var yaml: String {
        """
        apiVersion: v1
        kind: Service
        metadata:
          name: \(Self.name(place))
          annotations: {\(notes.joined(separator: ", "))}
        spec:
          type: LoadBalancer
          ipFamilyPolicy: PreferDualStack
          \(fields.joined(separator: "\n  "))
          ports:
            - {name: http, protocol: TCP, port: 80, targetPort: http}
            - {name: dns, protocol: UDP, port: 53, targetPort: dns}

        """
    }

    static func name(_ place: Int) -> String { "balanced-\(place)" }
}

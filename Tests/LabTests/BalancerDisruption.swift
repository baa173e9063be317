import LabKit
import Support

/// Something that goes wrong around a balancer, or that somebody orders, and what ends it.
///
/// Node 1 is spared: it alone serves what must not lose a request.
enum BalancerDisruption: Sendable, Hashable, CustomStringConvertible {
    /// The balancer ends, asked or killed, and its successor starts.
    case restart(signal: String)
    /// It is killed and stays away for a while.
    case absence(Duration)
    /// No packet from or to a node arrives for a while.
    case silence(node: String, Duration)
    /// A node's proxy is killed and stays away for a while, so that its checks fail.
    case flap(node: String, Duration)
    /// Somebody orders a state of a node, for all Services or for one of the chaos.
    case order(String, node: String, service: String?)
    /// The API is killed and stays away for a while; the balancer may restart meanwhile.
    case outage(Duration, restarting: Bool)
    /// Somebody flushes the balancer's ruleset.
    case flush
    /// Somebody blocks clients that are none, and lets them in again.
    case block

    /// The nodes that die, flap and are ordered about.
    static let nodes = ["node2", "node3"]
    private static let strangers = ["192.0.2.0/24", "2001:db8:2::/48"]

    /// What the balancer is started with: dead nodes are never used, a check bears a busy machine,
    /// and the addresses stay when it ends.
    static let arguments = [
        "--check-timeout", "3s",
        "--panic-threshold", "0", "--on-stop", "keep", "--ejection", "on", "--ejection-time", "1s",
        "--ejection-maximum-time", "2s",
    ]

    /// Anything that may happen.
    static func random(using random: inout SplitMix) -> BalancerDisruption {
        let node = random.pick(nodes)
        let pause = Duration.milliseconds(Int.random(in: 0...2_000, using: &random))
        let place = Int.random(in: 0..<BalancerChaosService.count, using: &random)
        let isOfOne = random.chance(0.5)
        let verb = random.pick(["drain", "maintain", "ready"])
        let restarts = random.chance(0.5)
        return switch Int.random(in: 0..<18, using: &random) {
        case 0...2: .restart(signal: "KILL")
        case 3: .restart(signal: "TERM")
        case 4...5: .absence(pause)
        case 6...8: .silence(node: node, pause)
        case 9...10: .flap(node: node, pause)
        case 11...13:
            .order(
                verb, node: node,
                service: isOfOne ? "default/\(BalancerChaosService.name(place))" : nil)
        case 14...15: .outage(pause, restarting: restarts)
        case 16: .flush
        default: .block
        }
    }

    /// Which kind it is, for counting.
    var kind: String { String("\(self)".prefix { $0 != ":" }) }

    var description: String {
        switch self {
        case .restart(let signal): "restart: \(signal) to the balancer"
        case .absence(let pause): "absence: no balancer for \(pause)"
        case .silence(let node, let pause): "silence: \(node) is not heard for \(pause)"
        case .flap(let node, let pause): "flap: no proxy in \(node) for \(pause)"
        case .order(let verb, let node, let service):
            "order: \(verb) \(node)" + (service.map { " for \($0)" } ?? "")
        case .outage(let pause, let restarts):
            "outage: no API for \(pause)" + (restarts ? ", the balancer killed meanwhile" : "")
        case .flush: "flush: the balancer's ruleset"
        case .block: "block: of \(Self.strangers.joined(separator: " and "))"
        }
    }

    /// Does it, and returns when everything runs again.
    func happen(in lab: Lab) async throws {
        switch self {
        case .restart(let signal):
            try await lab.restart("balancer", "balancer", signal: signal, with: Self.arguments)
        case .absence(let pause):
            try await lab.run("kill", "balancer", "balancer", "KILL")
            try await Task.sleep(for: pause)
            try await Self.start("balancer", Self.arguments, lab)
        case .silence(let node, let pause):
            try await lab.run("silence", node)
            try await Task.sleep(for: pause)
            try await lab.run("unsilence", node)
        case .flap(let node, let pause):
            try await lab.run("kill", node, "proxy", "KILL")
            try await Task.sleep(for: pause)
            try await lab.run("start", node, "proxy")
        case .order(let verb, let node, let service):
            // The Service may not be there, which is an answer, too.
            _ = try await Self.tell(
                lab, [verb, node] + (service.map { ["--service", $0] } ?? []))
        case .outage(let pause, let restarts):
            try await lab.run("kill", "control", "api", "KILL")
            if restarts { try await lab.run("kill", "balancer", "balancer", "KILL") }
            try await Task.sleep(for: pause)
            try await lab.run("start", "control", "api")
            if restarts { try await Self.start("balancer", Self.arguments, lab) }
        case .flush:
            // Until it has a plan, whoever is root may flush its tables.
            try await eventually("the balancer has a plan", within: .seconds(60)) {
                try await lab.attempt("balancer", "sluice", "diff").status == 0
            }
            _ = try await lab.inNetwork(of: "balancer", "nft", "flush", "ruleset")
        case .block:
            for verb in ["block", "unblock"] {
                for block in Self.strangers { _ = try await Self.tell(lab, [verb, block]) }
            }
        }
    }

    /// Takes every order back.
    static func endOrders(in lab: Lab) async throws {
        for node in nodes {
            _ = try await tell(lab, ["ready", node])
            for place in 0..<BalancerChaosService.count {
                let service = "default/\(BalancerChaosService.name(place))"
                _ = try await tell(lab, ["ready", node, "--service", service])
            }
        }
        for block in strangers { _ = try await tell(lab, ["unblock", block]) }
    }

    /// Starts a balancer.
    static func start(_ host: String, _ arguments: [String], _ lab: Lab) async throws {
        let command = lab.command(["start", host, "balancer"] + arguments)
        _ = try await Program(command, environment: lab.environment).finish().checked()
    }

    private static func tell(_ lab: Lab, _ order: [String]) async throws -> Output {
        try await lab.start("balancer", ["sluice", "balancer"] + order).finish()
    }
}

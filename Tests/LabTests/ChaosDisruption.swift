import LabKit
import Support

/// Something that goes wrong in the lab, and is over when it has been done.
enum ChaosDisruption: Sendable, Hashable, CustomStringConvertible {
    /// A proxy ends, asked or killed, and its successor starts.
    case restart(node: String, signal: String)
    /// A proxy is killed and stays away for a while.
    case absence(node: String, Duration)
    /// All proxies are killed at once and start again.
    case death
    /// The API is killed and stays away for a while; the proxy of a node may restart meanwhile.
    case outage(Duration, restarting: String?)
    /// No packet of the API's host arrives for a while.
    case silence(Duration)
    /// Somebody flushes the whole ruleset of a node.
    case flush(node: String)
    /// Somebody edits the plain tables of node 3 by an nft command.
    case edit(String)

    /// The node whose tables are plain: a foreign process may change them.
    static let plainNode = "node3"

    /// Anything that may happen.
    static func random(using random: inout SplitMix) -> ChaosDisruption {
        let node = random.pick(Lab.nodes)
        let pause = Duration.milliseconds(Int.random(in: 0...3_000, using: &random))
        let family = random.pick(["ip", "ip6"])
        let restarts = random.chance(0.4)
        let edit = random.pick([
            "delete table \(family) sluice", "flush table \(family) sluice",
            "flush map \(family) sluice services", "flush map \(family) sluice endpoints",
            "insert rule \(family) sluice service drop", "add chain \(family) sluice foreign",
            "add set \(family) sluice foreign { type inet_service; }",
        ])
        return switch Int.random(in: 0..<20, using: &random) {
        case 0...2: .restart(node: node, signal: "TERM")
        case 3...6: .restart(node: node, signal: "KILL")
        case 7...8: .absence(node: node, pause)
        case 9: .death
        case 10...12: .outage(pause, restarting: restarts ? node : nil)
        case 13...14: .silence(pause)
        case 15...17: .flush(node: node)
        default: .edit(edit)
        }
    }

    /// Which kind it is, for counting.
    var kind: String { String("\(self)".prefix { $0 != ":" }) }

    var description: String {
        switch self {
        case .restart(let node, let signal): "restart: \(signal) to the proxy of \(node)"
        case .absence(let node, let pause): "absence: no proxy in \(node) for \(pause)"
        case .death: "death: all proxies killed at once"
        case .outage(let pause, let node):
            "outage: no API for \(pause)" + (node.map { ", \($0)'s proxy killed meanwhile" } ?? "")
        case .silence(let pause): "silence: the API is not heard for \(pause)"
        case .flush(let node): "flush: the ruleset of \(node)"
        case .edit(let command): "edit: nft \(command) on \(Self.plainNode)"
        }
    }

    /// Does it, and returns when everything runs again.
    func happen(in lab: Lab) async throws {
        switch self {
        case .restart(let node, let signal):
            try await lab.restart(node, "proxy", signal: signal, with: Self.arguments(of: node))
        case .absence(let node, let pause):
            try await lab.run("kill", node, "proxy", "KILL")
            try await Task.sleep(for: pause)
            try await lab.start(node, "proxy", with: Self.arguments(of: node))
        case .death:
            try await withThrowingTaskGroup { group in
                for node in Lab.nodes {
                    group.addTask {
                        try await lab.restart(
                            node, "proxy", signal: "KILL", with: Self.arguments(of: node))
                    }
                }
                try await group.waitForAll()
            }
        case .outage(let pause, let node):
            try await Self.outage(pause, restarting: node, in: lab)
        case .silence(let pause):
            try await lab.run("silence", "control")
            try await Task.sleep(for: pause)
            try await lab.run("unsilence", "control")
        case .flush(let node):
            try await Self.waitUntilOwned(node, lab)
            _ = try await lab.inNetwork(of: node, "nft", "flush", "ruleset")
        case .edit(let command):
            // Nothing may be there to edit: an earlier edit took it away a moment ago.
            _ = try await lab.startInNetwork(of: Self.plainNode, ["nft", command]).finish()
        }
    }

    /// Without an API a proxy is ready only where it finds an earlier one's tables whole; what a
    /// foreign process did to them a moment ago may not be repaired yet.
    private static func outage(
        _ pause: Duration, restarting node: String?, in lab: Lab
    ) async throws {
        func restart() async throws {
            guard let node else { return }
            try await lab.restart(node, "proxy", signal: "KILL", with: arguments(of: node))
        }
        let isWhole = try await isWhole(node, lab)
        try await lab.run("kill", "control", "api", "KILL")
        async let restarted: Void = restart()
        if isWhole { try await restarted }
        try await Task.sleep(for: pause)
        try await lab.run("start", "control", "api")
        try await restarted
    }

    /// What a node's proxy is started with.
    static func arguments(of node: String) -> [String] {
        node == plainNode ? ["--table-owner", "off"] : []
    }

    /// A proxy is ready as soon as an earlier one's tables are there, and has a plan when it owns
    /// them; until then whoever is root may flush them.
    private static func waitUntilOwned(_ node: String, _ lab: Lab) async throws {
        guard node != plainNode else { return }
        try await eventually("\(node)'s proxy has a plan", within: .seconds(60)) {
            try await isWhole(node, lab)
        }
    }

    /// Whether a node's kernel has what its proxy has planned.
    private static func isWhole(_ node: String?, _ lab: Lab) async throws -> Bool {
        guard let node else { return true }
        return try await lab.attempt(node, "sluice", "diff").status == 0
    }
}

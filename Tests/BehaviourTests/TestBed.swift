import Foundation
import LabKit
import Synchronization

/// What the behaviours' lab has beside that of `deploy/lab`.
///
/// Each pod has a second server, named `…-alt`, on TCP 8081 and UDP 5354, and a third, `…-kept`, on
/// TCP 8082, which leaves connections open; each node has one of its name on TCP 8090 and UDP 5390. Nodes 2 and 3 stand in another zone than node 1.
/// Clients reach 192.0.2.0/25 and 2001:db8:2:1::/64 through node 1, 192.0.2.128/25 and
/// 2001:db8:2:2::/64 through node 2: addresses that nobody holds, for external IPs.
final class TestBed: Sendable {
    static let shared = TestBed()

    private let servers = Mutex<[Program]>([])
    private let lastTurn = Mutex(0)
    private let nextPort = Mutex(10_000)
    private let folder = Mutex("")

    /// Adds all that to a lab that is up.
    func prepare(_ lab: Lab) async throws {
        let manifests = try await lab.manifestFolder()
        folder.withLock { $0 = manifests }
        for (node, zone) in zip(Lab.nodes, ["west", "east", "east"]) {
            try addZone(zone, to: node)
        }
        for node in Lab.nodes {
            let pods = ["\(node)-pod1", "\(node)-pod2"]
            for pod in pods {
                try serve(lab, pod, name: "\(pod)-alt", "-p", "8081", "-u", "5354")
                try serve(lab, pod, name: "\(pod)-kept", "-p", "8082", "-k")
            }
            // Bound to the node's address, or datagrams to pods would leave with another one.
            for family in Family.allCases {
                let address = Self.address(of: node, family)
                try serve(lab, node, name: node, "-a", address, "-p", "8090", "-u", "5390")
            }
        }
        try await route(lab)
        for family in Family.allCases {
            let length = family == .v4 ? "24" : "64"
            try await lab.ip(
                "client", "address", "add", "\(Self.secondClient(family))/\(length)", "dev",
                "eth0", "nodad", "preferred_lft", "0")
        }
        try await settle(lab)
    }

    private func addZone(_ zone: String, to node: String) throws {
        let file = "\(folder.withLock(\.self))/\(node).yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let label = "    topology.kubernetes.io/zone: \(zone)\n"
        try put(text.replacing("  labels:\n", with: "  labels:\n\(label)"), as: "\(node).yaml")
    }

    private func serve(
        _ lab: Lab, _ host: String, name: String, _ arguments: String...
    ) throws {
        let server = try lab.startInNetwork(of: host, ["backend", "-n", name] + arguments)
        servers.withLock { $0.append(server) }
    }

    private func route(_ lab: Lab) async throws {
        for (range, node) in [
            ("192.0.2.0/25", "192.168.50.1"), ("192.0.2.128/25", "192.168.50.2"),
            ("2001:db8:2:1::/64", "fd50::1"), ("2001:db8:2:2::/64", "fd50::2"),
        ] {
            try await lab.ip("router", "route", "add", range, "via", node)
        }
        // Nodes have no default route: the kernel would refuse before it looks into the tables.
        for node in Lab.nodes {
            try await lab.ip(node, "route", "add", "192.0.2.0/24", "via", "192.168.50.254")
            try await lab.ip(node, "route", "add", "2001:db8:2::/48", "via", "fd50::254")
        }
    }

    /// Puts a manifest before the API: there complete or not at all.
    func put(_ manifest: String, as file: String) throws {
        let folder = folder.withLock(\.self)
        try Data(manifest.utf8).write(to: URL(filePath: "\(folder)/\(file)"), options: .atomic)
    }

    /// A range of so many ports, for clients, of which none was given lately: `10000-10039`.
    ///
    /// A flow over UDP is remembered for half a minute after its answer, which is less than it
    /// takes to use up 20,000 ports. Nodes have nodePorts and processes elsewhere.
    func freshPorts(_ count: Int) -> String {
        let first = nextPort.withLock { next in
            if next + count > 30_000 { next = 10_000 }
            defer { next += count }
            return next
        }
        return "\(first)-\(first + count - 1)"
    }

    /// Takes manifests away, those that are there.
    func remove(_ file: String) {
        try? FileManager.default.removeItem(atPath: "\(folder.withLock(\.self))/\(file)")
    }

    /// Waits until all nodes' kernels hold what the API was given before this call.
    ///
    /// A Service of another port each time is given to it behind everything else; its endpoints
    /// come through the other watch, so the one element that needs both is looked for. Twice:
    /// what one look at the manifests adds may be heard of before what it takes away.
    func settle(_ lab: Lab) async throws {
        for _ in 0..<2 { try await turnBarrier(lab) }
    }

    private func turnBarrier(_ lab: Lab) async throws {
        let turn = lastTurn.withLock { turn in
            turn += 1
            return turn
        }
        let port = 10_000 + turn
        var barrier = ServiceManifest(250)
        barrier.ports = [.init(name: "turn", port: port, targetPort: "\(port)")]
        barrier.app = "barrier"
        let pod = PodManifest(host: "node1-pod1", app: "barrier")
        try put(pod.yaml + "---\n" + barrier.yaml, as: "zz-barrier.yaml")
        try await lab.backend(
            of: "10.96.0.250 . tcp . \(port)", reachesAllNodesWithin: .seconds(60))
    }

    /// Kills the proxies of all nodes at once, starts them again and waits until they have seen
    /// everything anew: they are ready as soon as the tables of their predecessors are theirs.
    func restartProxies(_ lab: Lab) async throws {
        try await withThrowingTaskGroup { group in
            for node in Lab.nodes {
                group.addTask { try await lab.restart(node, "proxy", signal: "KILL") }
            }
            try await group.waitForAll()
        }
        try await settle(lab)
    }

    /// The second address of the client.
    static func secondClient(_ family: Family) -> String {
        family == .v4 ? "203.0.113.11" : "2001:db8:113::11"
    }

    /// An address that nobody holds and that the client reaches through node 1 or 2.
    static func freeAddress(_ number: Int, via node: Int = 1, _ family: Family) -> String {
        family == .v4
            ? "192.0.2.\(node == 1 ? number % 128 : 128 + number % 128)"
            : "2001:db8:2:\(node)::\(number)"
    }

    /// The address of a pod or node of the lab, or of another host.
    static func address(of host: String, _ family: Family) -> String {
        let digits = host.filter(\.isNumber).map { Int(String($0)) ?? 0 }
        switch (digits.count, family) {
        case (2, .v4): return "10.244.\(digits[0]).\(digits[1] + 1)"
        case (2, .v6): return "fd44:0:0:\(digits[0])::\(digits[1] + 1)"
        case (1, .v4): return "192.168.50.\(digits[0])"
        case (1, .v6): return "fd50::\(digits[0])"
        default: return family == .v4 ? "203.0.113.10" : "2001:db8:113::10"
        }
    }
}

extension Lab {
    /// Runs `ip` in a host and throws its complaint if it fails.
    func ip(_ host: String, _ arguments: String...) async throws {
        let family = arguments.contains { $0.contains("::") } ? "-6" : "-4"
        _ = try await startInNetwork(of: host, ["ip", family] + arguments).finish().checked()
    }
}

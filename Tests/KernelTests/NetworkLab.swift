import Addressing
import Foundation
import Synchronization
import Testing

/// A client's network namespace joined by a cable to a router's; both go with this value.
///
/// | | client `near0` | router `far0` | a node that answers | a node that is silent |
/// |---|---|---|---|---|
/// | v4 | 203.0.113.10/24 | 203.0.113.1/24 | 192.168.50.1 | 192.168.50.2 |
/// | v6 | fd00:203::10/64 | fd00:203::1/64 | fd00:50::1 | fd00:50::2 |
///
/// The answering node is an address of the router, the silent one lies behind a cable that
/// nobody listens at the end of.
/// The client sends 198.51.100.0/24 and fd00:198::/64 through the router.
struct NetworkLab: ~Copyable {
    let client: String
    let router: String

    init() throws {
        let number = Self.nextNumber.add(1, ordering: .relaxed).newValue
        let suffix = "\(ProcessInfo.processInfo.processIdentifier)-\(number)"
        client = "network-client-\(suffix)"
        router = "network-router-\(suffix)"
        do {
            for line in Self.setUp(client, router) { try Self.run("ip", line) }
        } catch {
            Self.tearDown(client, router)
            throw error
        }
    }

    deinit {
        Self.tearDown(client, router)
    }

    /// Runs a program on the router and gives what it printed.
    @discardableResult
    func onRouter(_ command: String) throws -> String {
        try Self.run("ip", "netns exec \(router) \(command)")
    }

    /// Runs a program on the client and gives what it printed.
    @discardableResult
    func onClient(_ command: String) throws -> String {
        try Self.run("ip", "netns exec \(client) \(command)")
    }

    /// Loads rules on the router.
    func loadRules(_ text: String) throws {
        try Self.run("ip", "netns exec \(router) nft -f -", input: text)
    }

    private static let nextNumber = Atomic(0)

    private static func setUp(_ client: String, _ router: String) -> [String] {
        [
            "netns add \(client)", "netns add \(router)",
            "link add near0 netns \(client) type veth peer name far0 netns \(router)",
            "-n \(client) addr add 203.0.113.10/24 dev near0",
            "-n \(client) addr add fd00:203::10/64 dev near0 nodad",
            "-n \(router) addr add 203.0.113.1/24 dev far0",
            "-n \(router) addr add fd00:203::1/64 dev far0 nodad",
            "-n \(client) link set lo up", "-n \(router) link set lo up",
            "-n \(client) link set near0 up", "-n \(router) link set far0 up",
            "-n \(client) route add 198.51.100.0/24 via 203.0.113.1",
            "-n \(client) route add fd00:198::/64 via fd00:203::1",
            "-n \(router) addr add 192.168.50.1/32 dev lo",
            "-n \(router) addr add fd00:50::1/128 dev lo nodad",
            "-n \(router) link add silent0 type veth peer name silent1",
            "-n \(router) link set silent0 arp off", "-n \(router) link set silent0 up",
            "-n \(router) link set silent1 up",
            "-n \(router) route add 192.168.50.2/32 dev silent0",
            "-n \(router) route add fd00:50::2/128 dev silent0",
            "netns exec \(router) sysctl -qw net.ipv4.ip_forward=1",
            "netns exec \(router) sysctl -qw net.ipv6.conf.all.forwarding=1",
        ]
    }

    private static func tearDown(_ client: String, _ router: String) {
        for name in [client, router] { _ = try? run("ip", "netns del \(name)") }
    }

    @discardableResult
    private static func run(
        _ program: String, _ arguments: String, input: String? = nil
    ) throws -> String {
        let process = Process()
        let output = Pipe()
        let commands = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments.split(separator: " ").map(String.init)
        process.standardInput = commands
        process.standardOutput = output
        process.standardError = output
        try process.run()
        commands.fileHandleForWriting.write(Data((input ?? "").utf8))
        try commands.fileHandleForWriting.close()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: printed, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw CommandFailure(command: "\(program) \(arguments)", output: text)
        }
        return text
    }
}

/// A program of the lab that did not succeed.
struct CommandFailure: Error {
    let command: String
    let output: String
}

/// Whether the condition comes true within some seconds; the kernel does some work later.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
    }
    return false
}

/// An address that the test knows to be one.
func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

/// An endpoint that the test knows to be one.
func endpoint(_ text: String) throws -> SocketEndpoint { try #require(SocketEndpoint(text)) }

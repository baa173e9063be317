import Addressing
import Foundation
import HostJournal
import Logging
import Support
import Testing

@testable import LoadBalancer

@Suite("Holding load balancer addresses")
struct VIPAnnouncerTests {
    private let first = "198.51.100.10"
    private let second = "198.51.100.11"
    private let third = "fd00:198::10"

    @Test("addresses are put on the interface, alone on the link, and may be taken off again")
    func claims() async throws {
        let link = try Link()
        let announcer = try link.announcer()
        await announcer.want(addresses(first, third))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.10/32", "fd00:198::10/128"])
        await announcer.want(addresses(second))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.11/32"])
        await announcer.want([])
        await announcer.turn()
        #expect(try link.addresses() == [])
    }

    @Test("neighbours that knew the address elsewhere learn where it is now", arguments: 1...2)
    func announces(round: Int) async throws {
        let link = try Link()
        let vip = round == 1 ? first : third
        let announcer = try link.announcer()
        await announcer.want(addresses(vip))
        let own = try link.hardwareAddress()
        let deadline = ContinuousClock.now + .seconds(60)
        var known = ""
        while !known.contains(own), .now < deadline {
            // The kernel forgets neighbours when all namespaces together know many.
            if known.isEmpty {
                try link.neighbour(
                    "ip neigh replace \(vip) lladdr 02:00:00:00:00:99 dev \(Link.far) nud stale")
            }
            await announcer.turn()
            known = try link.neighbour("ip neigh show \(vip) dev \(Link.far)")
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(known.contains(own))
    }

    @Test("addresses stay when the balancer ends; the next run releases those not wanted any more")
    func earlierRun() async throws {
        let link = try Link()
        var announcer = try link.announcer()
        await announcer.want(addresses(first, second))
        await announcer.turn()
        announcer = try link.announcer()
        #expect(try link.addresses() == ["198.51.100.10/32", "198.51.100.11/32"])
        await announcer.want(addresses(second))
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.11/32"])
    }

    @Test("an address that somebody else put there is announced, and never taken off")
    func foreign() async throws {
        let link = try Link()
        try link.host("ip addr add \(first)/24 dev \(Link.near)")
        let announcer = try link.announcer()
        await announcer.want(addresses(first))
        await announcer.turn()
        await announcer.want([])
        await announcer.turn()
        #expect(try link.addresses() == ["198.51.100.10/24"])
    }

    @Test("an address that somebody takes off comes back")
    func comesBack() async throws {
        let link = try Link()
        let announcer = try link.announcer()
        await announcer.want(addresses(first, third))
        await announcer.turn()
        try link.host("ip addr flush dev \(Link.near)")
        await announcer.want(addresses(first, second, third))
        await announcer.turn()
        #expect(
            try link.addresses() == [
                "198.51.100.10/32", "198.51.100.11/32", "fd00:198::10/128",
            ])
    }

    @Test("an interface that is not there yet is waited for")
    func lateInterface() async throws {
        let link = try Link()
        let announcer = try link.announcer(on: "late0")
        await announcer.want(addresses(first))
        await announcer.turn()
        try link.host("ip link add late0 type veth peer name late1")
        // Wanting something else makes it look again at once.
        await announcer.want(addresses(first, second))
        await announcer.turn()
        #expect(try link.addresses(of: "late0") == ["198.51.100.10/32", "198.51.100.11/32"])
    }

    private func addresses(_ texts: String...) -> Set<IPAddress> {
        Set(texts.compactMap { IPAddress($0) })
    }
}

/// A balancer's namespace and a neighbour's, joined by a cable; both go with this value.
private final class Link {
    static let near = "near0"
    static let far = "far0"

    private let balancer: NetworkNamespace
    private let other: NetworkNamespace
    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("sluice-announcer-\(UUID().uuidString)").path

    init() throws {
        balancer = try NetworkNamespace()
        other = try NetworkNamespace()
        try host("ip link add \(Self.near) type veth peer name \(Self.far) netns \(other.name)")
        // Addresses of the link itself would only be in the way of comparing.
        try host("sysctl -qw net.ipv6.conf.\(Self.near).addr_gen_mode=1")
        try host("ip link set \(Self.near) up")
        try neighbour("ip link set \(Self.far) up")
        try neighbour("ip addr add fd00:198::1/64 dev \(Self.far) nodad")
        try neighbour("ip addr add 198.51.100.1/24 dev \(Self.far)")
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// A new announcer, as after a restart: it knows only what the journal knows.
    func announcer(on interface: String = Link.near) throws -> VIPAnnouncer {
        VIPAnnouncer(
            interface: interface, inNamespace: balancer.name, announceInterval: .seconds(60),
            journal: try HostJournal(
                directory: directory, role: "balancer", inNamespace: balancer.name),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @discardableResult
    func host(_ command: String) throws -> String { try run(command, in: balancer) }

    @discardableResult
    func neighbour(_ command: String) throws -> String { try run(command, in: other) }

    /// The addresses of an interface with their prefix lengths, in order.
    func addresses(of interface: String = Link.near) throws -> [String] {
        let words = try host("ip -o addr show dev \(interface)").split(separator: "\n")
            .map { $0.split(separator: " ") }
        return words.compactMap { $0.count > 3 ? String($0[3]) : nil }.sorted()
    }

    func hardwareAddress() throws -> String {
        try host("cat /sys/class/net/\(Self.near)/address")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func run(_ command: String, in namespace: NetworkNamespace) throws -> String {
        let output = try namespace.run(command.split(separator: " ").map(String.init))
        guard output.status == 0 else { throw CommandFailure(output.complaint) }
        return output.text
    }
}

private struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    init(_ complaint: String) { description = complaint }
}

import Foundation
import HostJournal
import Logging
import Support

@testable import LoadBalancer

/// A balancer's namespace and a neighbour's, joined by a cable; both go with this value.
final class Link {
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
    func announcer(
        _ holding: AddressHolding = AddressHolding(.link(interface: Link.near)),
        history: AddressHistory = AddressHistory(), term: LeaseTerm = LeaseTerm(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) throws -> VIPAnnouncer {
        VIPAnnouncer(
            holding, inNamespace: balancer.name,
            journal: try HostJournal(
                directory: directory, role: "balancer", inNamespace: balancer.name),
            history: history, term: term, logger: logger)
    }

    /// Keeps the journal from being written: a file is in the place of its folder.
    func spoilJournal() throws {
        try FileManager.default.removeItem(atPath: directory)
        try Data().write(to: URL(fileURLWithPath: directory))
    }

    @discardableResult
    func host(_ command: String) throws -> String { try run(command, in: balancer) }

    @discardableResult
    func neighbour(_ command: String) throws -> String { try run(command, in: other) }

    /// The addresses of an interface with their prefix lengths, in order.
    func addresses(of interface: String = Link.near) throws -> [String] {
        let words = try host("ip -o addr show dev \(interface) scope global").split(separator: "\n")
            .map { $0.split(separator: " ") }
        return words.compactMap { $0.count > 3 ? String($0[3]) : nil }.sorted()
    }

    /// The hardware address of the balancer's end of the cable, or of the neighbour's.
    func hardwareAddress(ofNeighbour isNeighbours: Bool = false) throws -> String {
        let text =
            try isNeighbours
            ? neighbour("cat /sys/class/net/\(Self.far)/address")
            : host("cat /sys/class/net/\(Self.near)/address")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
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

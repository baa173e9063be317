import Addressing
import Forwarding
import Glibc
import ServiceModel
import Support
import TableSync
import Testing

@testable import Netfilter

/// A node with pods and a client beside it, joined by a cable: real packets, one test.
///
/// | | client | node | its pods | silent pods |
/// |---|---|---|---|---|
/// | v4 | 192.168.50.9 | 192.168.50.1 | 10.244.1.2 to .4 | 10.244.9.0/24 |
/// | v6 | fd00:50::9 | fd00:50::1 | fd00:244:1::2 to ::4 | fd00:244:9::/64 |
///
/// Pods are addresses of the node, so that what reaches them was delivered. What is sent to a
/// silent pod, or to 198.51.100.0/24 without translation, leaves by a cable without an end.
struct FlowLab {
    let node: NetworkNamespace
    let client: NetworkNamespace
    let writer: ForwardingWriter
    let cleaner: FlowCleaner

    init() throws {
        node = try NetworkNamespace()
        client = try NetworkNamespace()
        writer = try ForwardingWriter(
            layout: ForwardingLayout(role: .node), inNamespace: node.name)
        cleaner = try FlowCleaner(inNamespace: node.name)
        for command in Self.nodeSetUp(client.name) { try Self.check(command, in: node) }
        for command in Self.clientSetUp { try Self.check(command, in: client) }
    }

    private static func check(_ command: String, in namespace: NetworkNamespace) throws {
        let output = try namespace.run(command.split(separator: " ").map(String.init))
        try #require(output.status == 0, "\(command): \(output.complaint)")
    }

    private static func nodeSetUp(_ client: String) -> [String] {
        let pods = (2...4).flatMap { pod in
            [
                "ip addr add 10.244.1.\(pod)/32 dev lo",
                "ip addr add fd00:244:1::\(pod)/128 dev lo nodad",
            ]
        }
        return [
            "ip link add eth0 type veth peer name eth0 netns \(client)",
            "ip addr add 192.168.50.1/24 dev eth0", "ip addr add fd00:50::1/64 dev eth0 nodad",
            "ip link set eth0 up",
            "ip link add end0 type veth peer name end1", "ip link set end0 arp off",
            "ip link set end0 up", "ip link set end1 up",
            "ip route add 10.244.9.0/24 dev end0 src 192.168.50.1",
            "ip route add 198.51.100.0/24 dev end0 src 192.168.50.1",
            "ip route add 10.96.0.0/12 dev end0 src 192.168.50.1",
            "ip route add fd00:244:9::/64 dev end0 src fd00:50::1",
            "ip route add fd00:198::/64 dev end0 src fd00:50::1",
            "ip route add fd00:96::/112 dev end0 src fd00:50::1",
            "sysctl -qw net.ipv4.ip_forward=1", "sysctl -qw net.ipv6.conf.all.forwarding=1",
            // Pods do not answer; their flows must outlast a busy host, where steps take long.
            "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600",
        ] + pods
    }

    private static let clientSetUp = [
        "ip addr add 192.168.50.9/24 dev eth0", "ip addr add fd00:50::9/64 dev eth0 nodad",
        "ip link set eth0 up",
        "ip route add default via 192.168.50.1", "ip route add default via fd00:50::1",
    ]

    /// Starts the writer with these entries of the Service `web`.
    @discardableResult
    func start(_ entries: [ForwardingEntry]) async throws -> WriteReport {
        try await writer.start([identity("web"): entries], surroundings: Self.surroundings)
    }

    /// Which addresses are what in the lab.
    static let surroundings = Surroundings(
        cluster: ["10.244.0.0/16", "192.168.50.0/24", "fd00:244::/32", "fd00:50::/64"]
            .compactMap { CIDRBlock($0) },
        serviceRanges: ["10.96.0.0/12", "fd00:96::/112"].compactMap { CIDRBlock($0) })

    /// Replaces the Service's entries, and deletes the flows that this leaves behind.
    func replace(_ entries: [ForwardingEntry]) async throws -> [FlowDeletionReason: Int] {
        var sweep = FlowSweep()
        let report = try await writer.write([(identity("web"), entries)])
        for (old, new) in report.replaced { sweep.note(from: old, to: new) }
        return try await cleaner.deleteByReason(anyOf: sweep.filters)
    }

    /// Compares all flows with the frontends, and deletes those that lead elsewhere.
    func audit(
        others: Set<IPAddress> = [], formerly: Set<SocketEndpoint> = []
    ) async throws -> [FlowDeletionReason: Int] {
        let stale = try await writer.staleFlows(
            among: cleaner.candidates(), others: others, formerly: formerly)
        return try await cleaner.delete(stale)
    }
}

/// The frontends that a lab's clients use, of one family.
enum LabFrontend: CaseIterable {
    case clusterIP, nodePort, virtual

    func socket(_ family: IPFamily) -> SocketEndpoint {
        switch (self, family) {
        case (.clusterIP, .v4): TableSyncTests.socket("10.96.0.10:80")
        case (.clusterIP, .v6): TableSyncTests.socket("[fd00:96::10]:80")
        case (.nodePort, .v4): TableSyncTests.socket("192.168.50.1:30080")
        case (.nodePort, .v6): TableSyncTests.socket("[fd00:50::1]:30080")
        case (.virtual, .v4): TableSyncTests.socket("198.51.100.10:80")
        case (.virtual, .v6): TableSyncTests.socket("[fd00:198::10]:80")
        }
    }

    func entry(
        _ transport: TransportProtocol, to pods: [SocketEndpoint], _ family: IPFamily
    ) -> ForwardingEntry {
        let place = socket(family)
        return ForwardingEntry(
            Frontend(place.address, transport, place.port), label: "default/web",
            backends: pods, localCount: pods.count,
            sourceHiding: self == .clusterIP ? .byServiceRange : .everyClient)
    }
}

/// A pod of the lab; those from 90 on never answer.
func labPod(_ number: Int, _ family: IPFamily, port: Int = 8080) -> SocketEndpoint {
    let silent = number >= 90
    return switch family {
    case .v4: socket("10.244.\(silent ? 9 : 1).\(number):\(port)")
    case .v6: socket("[fd00:244:\(silent ? 9 : 1)::\(number)]:\(port)")
    }
}

/// A socket in a network namespace.
final class LabSocket: Sendable {
    private let descriptor: NetworkDescriptor
    private let family: IPFamily

    init(
        _ transport: TransportProtocol, _ family: IPFamily, in namespace: NetworkNamespace
    ) throws {
        let type = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        self.family = family
        descriptor = try NetworkDescriptor(
            domain: Int32(family.socketFamily), type: Int32(type.rawValue), protocolNumber: 0,
            inNamespace: namespace.name)
    }

    /// Takes the address and, of TCP, connections.
    func serve(_ place: SocketEndpoint, _ transport: TransportProtocol) throws {
        let result = call { fd in
            unsafe place.withSocketAddress { unsafe bind(fd, $0, $1) }
        }
        try #require(result == 0)
        if transport == .tcp { try #require(call { listen($0, 16) } == 0) }
    }

    /// Connects; a UDP socket keeps its own port from now on.
    @discardableResult
    func connect(to place: SocketEndpoint, waits: Bool = true) -> Bool {
        if !waits { _ = call { fcntl($0, F_SETFL, O_NONBLOCK) } }
        return call { fd in
            unsafe place.withSocketAddress { unsafe Glibc.connect(fd, $0, $1) }
        } == 0
    }

    /// Sends one byte; a refusal of an earlier one does not count.
    func send() {
        for _ in 0..<2 {
            let sent = call { fd in
                unsafe Int32(
                    [UInt8(1)].withUnsafeBytes {
                        unsafe Glibc.send(fd, $0.baseAddress, 1, Int32(MSG_NOSIGNAL))
                    })
            }
            if sent == 1 { return }
        }
    }

    /// Takes what has arrived; false if nothing comes within a tenth of a second, or, where
    /// something is awaited, within ten.
    func receives(awaited: Bool = true) -> Bool {
        var event = pollfd()
        event.events = Int16(POLLIN)
        return call { fd in
            event.fd = fd
            guard unsafe poll(&event, 1, awaited ? 10_000 : 100) > 0 else { return 0 }
            var byte: UInt8 = 0
            return unsafe Int32(recv(fd, &byte, 1, 0))
        } == 1
    }

    /// Takes a connection that was made, and a byte from it.
    func acceptsByte() -> Bool {
        call { fd in
            let connection = accept(fd, nil, nil)
            guard connection >= 0 else { return 0 }
            defer { close(connection) }
            var byte: UInt8 = 0
            return unsafe Int32(recv(connection, &byte, 1, 0))
        } == 1
    }

    private func call(_ function: (Int32) -> Int32) -> Int32 {
        var result: Int32 = 0
        _ = try? descriptor.call(
            failure: { NetworkError(operation: .openSocket, code: $0, subject: "") },
            {
                result = function($0)
                return 0
            })
        return result
    }
}

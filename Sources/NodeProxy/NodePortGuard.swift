import Addressing
import HostJournal
import Logging
import Netfilter

/// Keeps nodePorts and local processes out of each other's way, as far as it can be done.
///
/// The kernel gives no process a port by itself that is reserved. A process that asks for it gets
/// it all the same, but what comes from outside is the Service's: that is reported.
actor NodePortGuard {
    /// Where the kernel takes ports from that a process did not ask for.
    private static let ephemeralRange = "net.ipv4.ip_local_port_range"

    private let executor = BlockingExecutor(label: "sluice.node-ports")
    private let journal: HostJournal
    private let namespace: String?
    private let logger: Logger
    private var reported: Set<LocalListener> = []
    private var saidRange: String?
    private var saidError: String?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(journal: HostJournal, namespace: String? = nil, logger: Logger) {
        self.journal = journal
        self.namespace = namespace
        self.logger = logger
    }

    /// Reserves the ports that Services have, and reports local listeners that they keep packets
    /// from at these addresses of the node; returns how many there are.
    func look(
        after nodePorts: Set<ServiceDuties.NodePort>, at addresses: [IPAddress]
    ) async -> Int {
        do {
            try await journal.reservePorts(PortSet(nodePorts.map(\.port)))
            warnOfOverlap(nodePorts)
            let shadowed = try shadowed(by: nodePorts, at: addresses)
            for listener in shadowed.subtracting(reported) {
                logger.warning(
                    "a nodePort takes what this process listens for",
                    metadata: [
                        "port": "\(listener.port)/\(listener.transport)",
                        "address": "\(listener.address)",
                        "process": "\(SocketOwner.name(ofInode: listener.inode) ?? "unknown")",
                    ])
            }
            reported = shadowed
            saidError = nil
            return shadowed.count
        } catch {
            if saidError != "\(error)" {
                logger.warning(
                    "nodePorts are not guarded against local processes",
                    metadata: ["error": "\(error)"])
            }
            saidError = "\(error)"
            return reported.count
        }
    }

    /// The local listeners that no packet from outside reaches any more.
    private func shadowed(
        by nodePorts: Set<ServiceDuties.NodePort>, at addresses: [IPAddress]
    ) throws(NetworkError) -> Set<LocalListener> {
        guard !nodePorts.isEmpty else { return [] }
        var socket = try ListenerSocket(inNamespace: namespace)
        return Set(
            try socket.listeners().filter { listener in
                nodePorts.contains(.init(listener.transport, listener.port))
                    && addresses.contains(where: listener.takes)
            })
    }

    /// Says once that the kernel hands out ports by itself that Services have; reserving them
    /// keeps new processes off, not those that have one already.
    private func warnOfOverlap(_ nodePorts: Set<ServiceDuties.NodePort>) {
        guard let setting = Sysctl(Self.ephemeralRange, inNamespace: namespace),
            let range = try? setting.read()
        else { return }
        let ends = range.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        guard ends.count == 2, ends[0] <= ends[1] else { return }
        let inside = nodePorts.filter { (ends[0]...ends[1]).contains($0.port.rawValue) }
        guard !inside.isEmpty else {
            saidRange = nil
            return
        }
        guard saidRange != range else { return }
        saidRange = range
        logger.warning(
            """
            nodePorts lie in the range of ephemeral ports; they are reserved, but connections that \
            began before may hold some: set \(Self.ephemeralRange) apart from the nodePorts
            """,
            metadata: [
                "range": "\(ends[0])-\(ends[1])", "nodePorts": "\(inside.count)",
                "first": "\(inside.min().map { "\($0)" } ?? "")",
            ])
    }
}

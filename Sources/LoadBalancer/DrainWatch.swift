package import Addressing
package import FoundationEssentials
import Netfilter

/// A drained node's socket: no new connections, while those that stand go on.
package struct DrainingTarget: Hashable, Sendable, CustomStringConvertible {
    /// The node's name.
    package let node: String
    /// Its address and the Service's nodePort.
    package let socket: SocketEndpoint
    /// The protocol of the nodePort.
    package let transport: TransportProtocol
    /// When its connections are ended whatever they do; nil: never.
    package let deadline: Date?

    /// For example `node2 192.168.50.2:30080/tcp`.
    package var description: String { "\(node) \(socket)/\(transport)" }

    /// Its tracked flows.
    var filter: FlowFilter { FlowFilter(transport: transport, backend: socket) }
}

/// Notices when drains end: with the last connection, or at the deadline.
struct DrainWatch {
    /// Between two counts of what is left: they read the kernel's table of connections.
    private static let interval = Duration.seconds(1)

    /// Drains that have ended, each told once.
    struct Ends: Hashable {
        /// Nothing is left.
        var drained: [DrainingTarget] = []
        /// The deadline has come, and something is left.
        var expired: [DrainingTarget] = []
    }

    private var next: ContinuousClock.Instant?
    /// The sockets whose end has been told.
    private var ended: Set<SocketEndpoint> = []

    /// Whether any target was drained when this was last told.
    private(set) var hasAny = false

    /// Whether it is time to count again; counts on that being done.
    mutating func isDue(at now: ContinuousClock.Instant) -> Bool {
        if let next, now < next { return false }
        next = now + Self.interval
        return true
    }

    /// Takes the number of flows that each socket has; returns the drains that have ended now.
    mutating func take(
        _ counts: [SocketEndpoint: Int], of targets: [DrainingTarget], at now: Date
    ) -> Ends {
        var ends = Ends()
        hasAny = !targets.isEmpty
        ended.formIntersection(targets.map(\.socket))
        for target in targets {
            if counts[target.socket, default: 0] == 0 {
                if ended.insert(target.socket).inserted { ends.drained.append(target) }
            } else if let deadline = target.deadline, now >= deadline {
                // Every time: a connection may be taken up in the middle again.
                ends.expired.append(target)
            }
        }
        return ends
    }
}

package import Addressing

/// A connection, or a conversation over UDP, as the kernel's connection tracking knows it.
package struct Flow: Hashable, Sendable {
    /// What the packets are; flows of other protocols are not told.
    package let transport: TransportProtocol
    /// The packets of the side that began, as they were before any translation: towards the
    /// frontend.
    package let original: FlowDirection
    /// The packets expected in return: from the backend, if the destination was translated.
    package let reply: FlowDirection
    /// What happened to the flow so far.
    package let status: FlowStatus
    /// Nil for other transports than TCP.
    package let tcpState: TCPState?
    /// Tells this flow from a later one between the same ends.
    package let id: UInt32
    /// 0 unless a rule put the flow in a conntrack zone of its own.
    package let zone: UInt16

    /// The family of its addresses, which translation does not change.
    package var family: IPFamily { original.source.family }

    /// Whether no packet ever came back.
    ///
    /// A TCP connection that was taken up in the middle has no reply on record either, but it
    /// lives; only one whose SYN is all there was counts.
    package var isUnanswered: Bool {
        !status.contains(.seenReply) && (transport != .tcp || tcpState == .synSent)
    }
}

/// Where the packets of one direction come from and go to.
package struct FlowDirection: Hashable, Sendable {
    /// The sender's address.
    package let source: IPAddress
    /// May be 0, which UDP allows for senders that want no answer.
    package let sourcePort: UInt16
    /// The receiver's address.
    package let destination: IPAddress
    /// The receiver's port.
    package let destinationPort: UInt16
}

/// What happened to a flow so far (enum ip_conntrack_status).
package struct FlowStatus: OptionSet, Hashable, Sendable {
    /// The bits as the kernel numbers them.
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A packet came back.
    package static let seenReply = FlowStatus(rawValue: 1 << 1)
    /// Traffic went both ways; such a flow is not dropped early when the table is full.
    package static let assured = FlowStatus(rawValue: 1 << 2)
    /// Its first packet left the host.
    package static let confirmed = FlowStatus(rawValue: 1 << 3)
    /// The source is translated, as masquerading does.
    package static let sourceNAT = FlowStatus(rawValue: 1 << 4)
    /// The destination is translated: some frontend became a backend.
    package static let destinationNAT = FlowStatus(rawValue: 1 << 5)
}

/// The state of a tracked TCP connection (enum tcp_conntrack).
package enum TCPState: UInt8, Hashable, Sendable {
    case none
    case synSent
    case synReceived
    case established
    case finWait
    case closeWait
    case lastAck
    case timeWait
    case close
    /// Both sides sent a SYN.
    case synSentByBoth
}

extension Flow: CustomStringConvertible {
    /// Such as `tcp 203.0.113.10:40000 -> 198.51.100.1:80, answered by 192.168.50.1:30080`.
    package var description: String {
        let answer = status.contains(.seenReply) ? "answered" : "unanswered"
        return "\(transport) \(original), \(answer) by "
            + FlowDirection.ends(reply.source, reply.sourcePort)
    }
}

extension FlowDirection: CustomStringConvertible {
    /// Such as `203.0.113.10:40000 -> 198.51.100.1:80`.
    package var description: String {
        Self.ends(source, sourcePort) + " -> " + Self.ends(destination, destinationPort)
    }

    fileprivate static func ends(_ address: IPAddress, _ port: UInt16) -> String {
        address.family == .v4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}

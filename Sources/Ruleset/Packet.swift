package import Addressing

/// The first packet of a connection, or one of its answers, as far as rules look at it.
package struct Packet: Hashable, Sendable {
    /// Who sent it.
    package var source: SocketEndpoint
    /// Where it is going at this moment.
    package var destination: SocketEndpoint
    /// Its protocol.
    package let transport: TransportProtocol
    /// Where the client sent it.
    package let originalDestination: SocketEndpoint
    /// Where connection tracking sends it instead; nil: to where the client did.
    package private(set) var translation: SocketEndpoint?
    /// True if connection tracking cannot place it.
    package let isInvalid: Bool
    /// True for a backend's RST that answers the SYN of a client.
    package let isRefusal: Bool

    /// A packet as its sender made it.
    package init(
        _ transport: TransportProtocol, from source: SocketEndpoint,
        to destination: SocketEndpoint, isInvalid: Bool = false
    ) {
        self.transport = transport
        self.source = source
        self.destination = destination
        self.originalDestination = destination
        self.isInvalid = isInvalid
        isRefusal = false
    }

    /// A backend's RST, on its way back through the host that had translated the client's SYN.
    package init(
        refusalBy backend: SocketEndpoint, to host: SocketEndpoint,
        ofFrontend frontend: SocketEndpoint
    ) {
        transport = .tcp
        source = backend
        destination = host
        originalDestination = frontend
        translation = backend
        isInvalid = false
        isRefusal = true
    }

    /// The flags of a TCP segment: a first packet is a SYN.
    package var flags: TCPFlags { isRefusal ? [.reset, .acknowledge] : .synchronize }

    /// True if the destination was translated on the way.
    package var isTranslated: Bool { translation.map { $0 != originalDestination } ?? false }

    /// Sends it to another destination, as connection tracking will do with those that follow.
    mutating func translate(to endpoint: SocketEndpoint) {
        translation = endpoint
        destination = endpoint
    }
}

/// Where a packet's walk through the rules ended.
package enum PacketOutcome: Hashable, Sendable {
    /// It goes to this destination; the client's address is hidden if it was masqueraded.
    case delivered(to: SocketEndpoint, isMasqueraded: Bool)
    /// It left at once, unchanged, to the neighbour of this address.
    case forwarded(to: IPAddress)
    /// The sender was told that nobody answers.
    case refused(Statement.Refusal)
    /// It was thrown away.
    case dropped
}

/// One rule or element that a packet met.
package struct WalkStep: Hashable, Sendable, CustomStringConvertible {
    /// The chain in which it was met.
    package let chain: String
    /// The rule or element, spelled as `nft` spells it.
    package let text: String

    /// Chain and text in one line.
    package var description: String { "\(chain): \(text)" }
}

/// The end of a packet's walk and the way that led there.
package struct PacketFate: Hashable, Sendable {
    /// Where it ended.
    package let outcome: PacketOutcome
    /// The rules and elements that it met, in order.
    package let steps: [WalkStep]
}

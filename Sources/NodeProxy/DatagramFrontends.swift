import Addressing
import Forwarding

/// Where Services take UDP outside the service ranges: at nodePorts and addresses from outside.
struct DatagramFrontends {
    /// The places, as they are now.
    private(set) var places: Set<SocketEndpoint> = []
    /// True if any came or went since this was last asked.
    private var haveChanged = true

    /// Takes what one transaction wrote, of one Service or several, instead of what was there.
    mutating func replace(_ old: [ForwardingEntry], with new: [ForwardingEntry]) {
        let going = Self.places(of: old)
        let coming = Self.places(of: new)
        guard going != coming else { return }
        places.subtract(going)
        places.formUnion(coming)
        haveChanged = true
    }

    /// Forgets all, before all that there are follow.
    mutating func removeAll() {
        places = []
        haveChanged = true
    }

    /// Whether any came or went since this was last asked.
    mutating func takeChange() -> Bool {
        defer { haveChanged = false }
        return haveChanged
    }

    private static func places(of entries: [ForwardingEntry]) -> Set<SocketEndpoint> {
        Set(entries.lazy.filter(counts).map(\.frontend.socket))
    }

    /// Whether an entry takes UDP outside the service ranges.
    static func counts(_ entry: ForwardingEntry) -> Bool {
        entry.frontend.transport == .udp && entry.sourceHiding != .byServiceRange
    }
}

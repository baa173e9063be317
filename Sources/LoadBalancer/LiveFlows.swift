import Addressing
import Netfilter

/// Counts tracked flows by the backend that answers them.
enum LiveFlows {
    /// How many flows each backend has; a TCP connection that is ending counts no more.
    static func byBackend(_ flows: some Sequence<Flow>) -> [SocketEndpoint: Int] {
        var counts: [SocketEndpoint: Int] = [:]
        for flow in flows where flow.isLive {
            if let backend = flow.backend { counts[backend, default: 0] += 1 }
        }
        return counts
    }
}

extension Flow {
    /// Whether somebody may still say something.
    fileprivate var isLive: Bool {
        guard status.contains(.destinationNAT) else { return false }
        switch tcpState {
        case .timeWait?, .close?, TCPState.none?: return false
        default: return true
        }
    }
}

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

    /// The flows that do not lead to one of these targets, which no frontend has any more, but
    /// whose flows go on.
    static func without(_ draining: [DrainingTarget], _ flows: [Flow]) -> [Flow] {
        let sockets = Dictionary(grouping: draining, by: \.transport)
            .mapValues { Set($0.map(\.socket)) }
        return flows.filter { flow in
            guard let backend = flow.backend else { return true }
            return sockets[flow.transport]?.contains(backend) != true
        }
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

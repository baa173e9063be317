import Addressing
package import Forwarding
package import Netfilter

/// Says which tracked flows a change leaves without their backend; pure.
package enum StaleFlows {
    /// The flows to delete after a Service's entries were replaced.
    ///
    /// UDP flows to a backend that a frontend no longer has would go there for as long as the
    /// client keeps its port; TCP flows that were never answered would retry the dead backend.
    /// Established TCP goes on: the pod may live. A frontend that is new outside the service
    /// range may have flows that were tracked before it existed, without translation.
    package static func filters(
        from old: [ForwardingEntry], to new: [ForwardingEntry]
    ) -> [FlowFilter] {
        let kept = Dictionary(
            new.map { ($0.frontend, Set($0.backends)) }, uniquingKeysWith: { first, _ in first })
        let known = Set(old.map(\.frontend))
        var filters: [FlowFilter] = []
        for entry in old {
            let remaining = kept[entry.frontend] ?? []
            for backend in Set(entry.backends) where !remaining.contains(backend) {
                filters.append(
                    FlowFilter(
                        transport: entry.frontend.transport, frontend: entry.frontend.socket,
                        backend: backend, onlyUnanswered: entry.frontend.transport == .tcp))
            }
        }
        for entry in new
        where entry.frontend.transport == .udp && entry.sourceHiding != .byServiceRange
            && !known.contains(entry.frontend) && !entry.backends.isEmpty
        {
            filters.append(
                FlowFilter(
                    transport: .udp, frontend: entry.frontend.socket,
                    backend: entry.frontend.socket))
        }
        return filters
    }
}

extension Frontend {
    /// Address and port without the protocol.
    var socket: SocketEndpoint { SocketEndpoint(address: address, port: port) }
}

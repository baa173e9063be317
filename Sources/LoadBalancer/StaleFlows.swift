import Addressing
import Forwarding
import Netfilter

/// Says which tracked flows a change leaves without their node.
enum StaleFlows {
    /// The flows to delete after a Service's entries were replaced.
    ///
    /// A tracked flow keeps its node whatever the map says. TCP flows that were never answered
    /// would repeat their SYN to a dead node until the client gives up; without their entry the
    /// repetition finds another one. UDP flows would go there for as long as the client keeps its
    /// port. Established TCP goes on: the node may only have been excluded. A UDP frontend that is
    /// new may have flows that were tracked before it existed, without translation.
    static func filters(
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
        where entry.frontend.transport == .udp && !known.contains(entry.frontend)
            && !entry.backends.isEmpty
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

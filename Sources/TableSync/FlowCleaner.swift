import Addressing
package import Netfilter

/// Deletes tracked flows, on a queue of its own because the kernel is waited for.
package actor FlowCleaner {
    private let executor = BlockingExecutor(label: "sluice.conntrack")
    private var socket: ConntrackSocket

    /// Runs the actor on a thread that may block.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the netlink socket in the namespace that `ip netns` calls so, or in that of the
    /// calling thread.
    package init(inNamespace namespace: String? = nil) throws(NetworkError) {
        socket = try ConntrackSocket(inNamespace: namespace)
    }

    /// Deletes the flows that one of the filters means; returns how many there were.
    package func delete(anyOf filters: [FlowFilter]) throws(NetworkError) -> Int {
        try deleteByReason(anyOf: filters).values.reduce(0, +)
    }

    /// Does the same and says how many went for which reason.
    package func deleteByReason(
        anyOf filters: [FlowFilter]
    ) throws(NetworkError) -> [FlowDeletionReason: Int] {
        guard !filters.isEmpty else { return [:] }
        return FlowDeletionReason.count(try socket.deleteFlows(anyOf: filters))
    }

    /// The flows that may have to go: all of UDP, and those of TCP that wait for an answer.
    package func candidates() throws(NetworkError) -> [Flow] {
        try socket.flows(matching: FlowFilter(transport: .udp))
            + socket.flows(matching: FlowFilter(transport: .tcp, onlyUnanswered: true))
    }

    /// Deletes these flows and says how many went for which reason.
    package func delete(_ flows: [Flow]) throws(NetworkError) -> [FlowDeletionReason: Int] {
        FlowDeletionReason.count(try socket.delete(flows))
    }

    /// The flows that one of the filters means.
    package func flows(anyOf filters: [FlowFilter]) throws(NetworkError) -> [Flow] {
        try socket.flows(anyOf: filters)
    }

    /// How full the kernel's table of flows is.
    package func usage() throws(NetworkError) -> ConntrackUsage { try socket.usage() }
}

/// Why a tracked flow was deleted.
package enum FlowDeletionReason: String, Hashable, Sendable, CaseIterable {
    /// Its backend is none of the frontend any more, and only conntrack still sends there.
    case backendGone = "backend_gone"
    /// It never got an answer from a backend that is gone: the next attempt may reach another.
    case unanswered
    /// It began before the frontend was there, so that its packets were never translated.
    case untranslated

    /// The reason, by what the flow is.
    init(_ flow: Flow) {
        if flow.backend == flow.frontend {
            self = .untranslated
        } else {
            self = flow.transport == .udp ? .backendGone : .unanswered
        }
    }

    /// How many of the flows went for which reason.
    static func count(_ flows: [Flow]) -> [FlowDeletionReason: Int] {
        flows.reduce(into: [:]) { $0[FlowDeletionReason($1), default: 0] += 1 }
    }
}

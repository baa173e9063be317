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
        guard !filters.isEmpty else { return 0 }
        return try socket.delete(anyOf: filters)
    }

    /// The flows that one of the filters means.
    package func flows(anyOf filters: [FlowFilter]) throws(NetworkError) -> [Flow] {
        try socket.flows(anyOf: filters)
    }
}

import Netfilter

/// Deletes tracked flows, on a queue of its own because the kernel is waited for.
actor FlowCleaner {
    private let executor = BlockingExecutor(label: "sluice.conntrack")
    private var socket: ConntrackSocket

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the netlink socket in the calling thread's network namespace.
    init() throws(NetworkError) {
        socket = try ConntrackSocket()
    }

    /// Deletes the flows that one of the filters means; returns how many there were.
    func delete(anyOf filters: [FlowFilter]) throws(NetworkError) -> Int {
        guard !filters.isEmpty else { return 0 }
        return try socket.delete(anyOf: filters)
    }
}

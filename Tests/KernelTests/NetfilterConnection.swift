import Netfilter
import Ruleset

/// A netfilter socket on a queue of its own, so that two of them work at the same time.
actor NetfilterConnection {
    private let executor = BlockingExecutor(label: "netfilter")
    private var socket: NetfilterSocket

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(inNamespace namespace: String) throws(NetfilterError) {
        socket = try NetfilterSocket(inNamespace: namespace)
    }

    func commit(_ changes: [RulesetChange]) throws(NetfilterError) {
        try socket.commit(changes)
    }

    func read(_ ids: [TableID]) throws(NetfilterError) -> Ruleset {
        try socket.read(ids)
    }
}

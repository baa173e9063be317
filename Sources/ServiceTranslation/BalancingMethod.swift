import Addressing
import Forwarding

/// How a connection's node is chosen.
package enum BalancingMethod: String, Hashable, Sendable, CaseIterable {
    /// By chance, according to the weights.
    case random
    /// By the client's address, according to the weights: a client stays with its node until nodes
    /// come or go, which moves most clients.
    case sourceHash = "source-hash"
    /// By the client's address, through a table that changes little when nodes come or go, and
    /// that is the same on every balancer; nodes have equal shares.
    case maglev

    /// The slots of a choice, whose weights Maglev's table does not know.
    func slots(_ choice: BalancerChoice, capacity: Int) -> [SocketEndpoint] {
        self == .maglev ? MaglevTable.slots(choice.slots, capacity: capacity) : choice.slots
    }
}

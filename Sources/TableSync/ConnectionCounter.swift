package import Forwarding
package import Netfilter
import Ruleset

/// Reads what the kernel has counted, on a queue and a socket of its own, so that no change
/// waits for it.
package actor ConnectionCounter {
    /// More backends than this are not read: the kernel's time for a listing grows with the square
    /// of the map's size, and each is a series that somebody has to keep.
    package static let maximumBackends = 50_000

    private let executor = BlockingExecutor(label: "sluice.counters")
    private let layout: ForwardingLayout
    private var socket: NetfilterSocket
    private var totals = ConnectionTotals()

    /// Runs the actor on a thread that may block.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens a netlink socket in the namespace that `ip netns` calls so, or in that of the calling
    /// thread.
    package init(
        layout: ForwardingLayout, inNamespace namespace: String? = nil
    ) throws(NetfilterError) {
        self.layout = layout
        socket = try NetfilterSocket(inNamespace: namespace)
    }

    /// Reads the counters and says what they come to since the first reading.
    ///
    /// Those of backends only if there are not too many of them.
    package func read(backendCount: Int) throws(NetfilterError) -> ConnectionTotals {
        for table in ForwardingTable(layout: layout).ruleset.tables.values {
            for set in table.sets.values.map(\.declaration) where set.hasCounter {
                guard set.value == .verdict || backendCount <= Self.maximumBackends else {
                    continue
                }
                try socket.forEachCounter(of: table.id, in: set) { element, counter in
                    totals.add(element, counter.packets, of: set, table.id.family)
                }
            }
        }
        totals.endRound()
        return totals
    }
}

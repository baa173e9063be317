package import Forwarding
package import Netfilter
import Addressing
import Ruleset

/// Packets that a balancer dropped for one reason at one place.
package struct RefusalCount: Hashable, Sendable {
    /// Why they were dropped.
    package let reason: RefusalReason
    /// The frontend, such as `198.51.100.10:80/tcp`; for the blocklist the address alone.
    package let place: String
    /// The Service's frontend as its element's comment has it; empty for the blocklist.
    package let label: String
    /// How many there were since the frontend has that protection.
    package let packets: UInt64
}

/// Reads how many packets a balancer's protection has dropped, on a queue and a socket of its own.
package actor RefusalCounter {
    private let executor = BlockingExecutor(label: "sluice.refusals")
    private let layout: ForwardingLayout
    private var socket: NetfilterSocket

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

    /// What the kernel has counted, in order of the reasons and the places.
    package func read() throws(NetfilterError) -> [RefusalCount] {
        var counts: [RefusalCount] = []
        for (reason, set) in layout.refusalCounters {
            var found: [RefusalCount] = []
            for table in layout.familyTables {
                try socket.forEachCounter(of: table, in: set) { element, counter in
                    guard let place = Self.place(of: element, in: set, table.family) else { return }
                    found.append(
                        RefusalCount(
                            reason: reason, place: place, label: element.comment ?? "",
                            packets: counter.packets))
                }
            }
            counts += found.sorted { $0.place < $1.place }
        }
        return counts
    }

    private static func place(
        of element: Element, in set: SetDeclaration, _ family: TableFamily
    ) -> String? {
        if let frontend = Frontend(leading: element.key, of: set, family: family) {
            return "\(frontend)"
        }
        return FieldReader.fields(of: element.key, as: set.key, family: family).first
            .map { "\($0)" }
    }
}

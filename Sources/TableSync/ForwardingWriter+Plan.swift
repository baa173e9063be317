package import Forwarding
package import Netfilter
import Ruleset
package import ServiceModel

extension ForwardingWriter {
    /// What the kernel is known to hold, with the generation at which it did; nil if it is not
    /// known, so that `compare` is to be called.
    package func plan() -> (table: ForwardingTable, generation: UInt32)? {
        knownGeneration.map { (table, $0) }
    }

    /// What some Services have been given, with the generation at which the kernel is known to hold
    /// it; nil if that is not known.
    package func plan(
        of services: some Sequence<ServiceIdentity>
    ) -> (entries: [ForwardingEntry], generation: UInt32)? {
        knownGeneration.map { (services.flatMap(table.entries), $0) }
    }

    /// The number of the writer's socket, by which its own commits are told from others'.
    package func portID() throws(NetfilterError) -> UInt32 { try socket.portID }

    /// Whether the kernel has our tables with the rules and sets that they begin with, as a
    /// predecessor leaves them; says nothing of Services.
    package func holdsTables() throws(NetfilterError) -> Bool {
        let wanted = ForwardingTable(layout: table.layout).ruleset
        for (id, empty) in wanted.tables {
            guard let present = try socket.readFrame(of: id) else { return false }
            for (name, chain) in empty.chains where present.chains[name] != chain { return false }
            for (name, set) in empty.sets
            where present.sets[name]?.declaration != set.declaration { return false }
        }
        return true
    }
}

import Forwarding
package import Netfilter
package import Ruleset

/// Clients that a balancer's addresses do not hear.
extension ForwardingWriter {
    /// Makes the kernel's blocklists hold exactly these elements, each for its time from now on.
    package func fillBlocklist(
        _ elements: [TableFamily: [TimedElement]]
    ) throws(NetfilterError) {
        let layout = table.layout
        try socket.commit(
            layout.familyTables.map { .refill($0, layout.blocklist, elements[$0.family] ?? []) })
        try noteGeneration(after: 1)
    }
}

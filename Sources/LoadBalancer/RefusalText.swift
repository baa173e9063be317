import Forwarding
import TableSync

/// Writes what a balancer's protection has dropped as Prometheus reads it.
enum RefusalText {
    private static let packetsName = "sluice_balancer_refused_packets_total"
    private static let blockedName = "sluice_balancer_blocklist_entries"

    /// All series, in the order of the counts.
    static func text(of counts: [RefusalCount], blocked: Int) -> String {
        var text =
            "# HELP \(packetsName) Packets for a frontend that its protection dropped.\n"
            + "# TYPE \(packetsName) counter\n"
        for count in counts {
            // No part needs escaping: names of objects, addresses and our own words.
            text +=
                "\(packetsName){reason=\"\(count.reason.rawValue)\",frontend=\"\(count.place)\","
                + "service=\"\(service(of: count.label))\"} \(count.packets)\n"
        }
        return text + "# HELP \(blockedName) Blocks of addresses that are blocked.\n"
            + "# TYPE \(blockedName) gauge\n\(blockedName) \(blocked)\n"
    }

    /// `default/web` of a label such as `default/web:http`.
    private static func service(of label: String) -> Substring { label.prefix { $0 != ":" } }
}

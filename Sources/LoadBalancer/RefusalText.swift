import Forwarding
import TableSync

/// Writes what a balancer's protection has dropped as Prometheus reads it.
enum RefusalText {
    private static let packetsName = "sluice_balancer_refused_packets_total"
    private static let blockedName = "sluice_balancer_blocklist_entries"

    /// All series, in the order of the counts.
    static func text(of counts: [RefusalCount], blocked: Int) -> String {
        var text = MetricText.head(
            packetsName, "counter", "Packets for a frontend that its protection dropped.")
        for count in counts {
            // No part needs escaping: names of objects, addresses and our own words.
            text +=
                "\(packetsName){reason=\"\(count.reason.rawValue)\",frontend=\"\(count.place)\","
                + "service=\"\(service(of: count.label))\"} \(count.packets)\n"
        }
        return text
            + MetricText.gauge(blockedName, "Blocks of addresses that are blocked.", blocked)
    }

    /// `default/web` of a label such as `default/web:http`.
    private static func service(of label: String) -> Substring { label.prefix { $0 != ":" } }
}

/// Series that are read when they are asked for, as Prometheus reads them.
enum MetricText {
    /// What goes before the lines of a series.
    static func head(_ name: String, _ kind: String, _ help: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    /// A number without labels.
    static func gauge(_ name: String, _ help: String, _ value: Int) -> String {
        head(name, "gauge", help) + "\(name) \(value)\n"
    }
}

import Addressing
import Forwarding
import Ruleset
import ServiceModel
import Testing

@testable import NodeProxy
@testable import TableSync

@Suite("New connections as Prometheus' text")
struct ConnectionTextTests {
    /// Totals of one frontend that was counted seven times, and each of its backends three times.
    private func totals(label: String, backends: [String] = []) throws -> ConnectionTotals {
        let frontend = Frontend(address("10.96.0.10"), .tcp, try #require(Port(80)))
        var table = ForwardingTable(layout: ForwardingLayout(role: .node))
        _ = table.replace(
            ServiceIdentity(namespace: "default", name: "web"),
            with: [
                ForwardingEntry(
                    frontend, label: label,
                    backends: try backends.map { try #require(SocketEndpoint($0)) },
                    sourceHiding: .byServiceRange)
            ])
        var totals = ConnectionTotals()
        for set in table.ruleset.tables[TableID(.ip, "sluice")]?.sets.values ?? [:].values
        where set.declaration.hasCounter {
            for element in set.elements.values {
                let count: UInt64 = set.declaration.value == .verdict ? 7 : 3
                totals.add(element, count, of: set.declaration, .ip)
            }
        }
        totals.endRound()
        return totals
    }

    private func series(_ totals: ConnectionTotals, leftOut: Int = 0) -> [Substring] {
        ConnectionText.text(of: totals, leftOut: leftOut).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
    }

    @Test("a frontend is told with its Service, port, kind and address, and its backends with it")
    func frontend() throws {
        let totals = try totals(
            label: "default/web:http", backends: ["10.244.1.3:8080", "10.244.1.2:8080"])
        let labels = """
            namespace="default",service="web",port="http",kind="clusterIP",\
            address="10.96.0.10:80",protocol="tcp"
            """
        #expect(
            series(totals) == [
                "sluice_proxy_frontend_connections_total{\(labels)} 7",
                "sluice_proxy_backend_connections_total{\(labels),backend=\"10.244.1.2:8080\"} 3",
                "sluice_proxy_backend_connections_total{\(labels),backend=\"10.244.1.3:8080\"} 3",
                "sluice_proxy_backend_connections_left_out 0",
            ])
    }

    @Test(
        "the comment of an element says whose it is",
        arguments: [
            ("default/web:http nodePort", "default", "web", "http", "nodePort"),
            ("kube-system/dns external IP", "kube-system", "dns", "", "external IP"),
            ("default/web", "default", "web", "", "clusterIP"),
            ("", "", "", "", "clusterIP"),
        ])
    func labels(
        comment: String, namespace: String, service: String, port: String, kind: String
    ) throws {
        let line = try #require(series(try totals(label: comment)).first)
        #expect(
            line.contains(
                """
                namespace="\(namespace)",service="\(service)",port="\(port)",kind="\(kind)",
                """))
    }

    @Test("quotes, backslashes and ends of lines in a comment do not end the text")
    func escaping() throws {
        let line = try #require(series(try totals(label: "a\"b/c\\d\ne")).first)
        #expect(line.contains(#"namespace="a\"b",service="c\\d\ne""#))
    }

    @Test("every name is declared once, also where there is nothing, and what is left out is said")
    func empty() {
        let text = ConnectionText.text(of: ConnectionTotals(), leftOut: 60_000)
        #expect(text.hasSuffix("\nsluice_proxy_backend_connections_left_out 60000\n"))
        for name in ["frontend_connections_total", "backend_connections_total"] {
            #expect(text.ranges(of: "# TYPE sluice_proxy_\(name) counter\n").count == 1)
        }
        #expect(text.ranges(of: "# HELP ").count == 3)
    }
}

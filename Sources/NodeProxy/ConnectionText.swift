import Addressing
import Forwarding
import TableSync

/// Writes connections of frontends and backends as Prometheus reads them.
enum ConnectionText {
    /// The names, each with what it says.
    private static let frontendName = "sluice_proxy_frontend_connections_total"
    private static let backendName = "sluice_proxy_backend_connections_total"
    private static let leftOutName = "sluice_proxy_backend_connections_left_out"

    /// All series, in order; `leftOut` backends were not read because they are too many.
    static func text(of totals: ConnectionTotals, leftOut: Int) -> String {
        var text = header(
            frontendName, "counter", "New connections to a frontend, as the kernel counted them.")
        var owners: [Frontend: [(String, String)]] = [:]
        for (frontend, total) in totals.frontends.sorted(by: { $0.key < $1.key }) {
            let labels = labels(of: frontend, total.label)
            owners[frontend] = labels
            text += line(frontendName, labels, total.connections)
        }
        text += header(
            backendName, "counter",
            "New connections from a frontend to a backend, without those that affinity decided.")
        for (backend, count) in totals.backends.sorted(by: byPlace) {
            let labels = owners[backend.frontend] ?? labels(of: backend.frontend, "")
            text += line(backendName, labels + [("backend", "\(backend.socket)")], count)
        }
        text += header(leftOutName, "gauge", "Backends that are too many to be counted.")
        return text + line(leftOutName, [], UInt64(leftOut))
    }

    private static func byPlace(
        _ left: (key: ConnectionTotals.Backend, value: UInt64),
        _ right: (key: ConnectionTotals.Backend, value: UInt64)
    ) -> Bool {
        (left.key.frontend, left.key.socket) < (right.key.frontend, right.key.socket)
    }

    /// The Service is told by the element's comment: `namespace/name:port kind`.
    private static func labels(of frontend: Frontend, _ comment: String) -> [(String, String)] {
        let parts = comment.split(separator: " ", maxSplits: 1)
        let owner = parts.first?.split(separator: ":", maxSplits: 1) ?? []
        let names = owner.first?.split(separator: "/", maxSplits: 1) ?? []
        return [
            ("namespace", names.count == 2 ? String(names[0]) : ""),
            ("service", names.last.map(String.init) ?? ""),
            ("port", owner.count == 2 ? String(owner[1]) : ""),
            ("kind", parts.count == 2 ? String(parts[1]) : "clusterIP"),
            ("address", "\(frontend.socket)"),
            ("protocol", "\(frontend.transport)"),
        ]
    }

    private static func header(_ name: String, _ kind: String, _ help: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private static func line(
        _ name: String, _ labels: [(String, String)], _ value: UInt64
    ) -> String {
        let text = labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
        return text.isEmpty ? "\(name) \(value)\n" : "\(name){\(text)} \(value)\n"
    }

    private static func escaped(_ text: String) -> String {
        guard text.contains(where: { $0 == "\\" || $0 == "\"" || $0 == "\n" }) else { return text }
        return text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}

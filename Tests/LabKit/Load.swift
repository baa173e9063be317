package import Foundation

/// What `loadgen` counted.
package struct LoadReport: Decodable, Hashable, Sendable {
    /// Exchanges that were answered.
    package let answered: Int
    package let failed: Int
    package let timedOut: Int
    package let refused: Int
    /// What could not even be sent: a host's own kernel refuses its datagrams with EPERM.
    package let unreachable: Int
    /// When the load began, in seconds since 1970.
    package let began: Double
    package let seconds: Double
    /// When the first and the last exchange that failed were begun, in milliseconds since the load
    /// began.
    private let firstFailureMilliseconds, lastFailureMilliseconds: Double
    /// How often each pod answered.
    package let answersByPod: [String: Int]

    private enum CodingKeys: String, CodingKey {
        case answered = "ok"
        case failed = "errors"
        case timedOut = "err_timeout"
        case refused = "err_refused"
        case unreachable = "err_unreachable"
        case began = "started_at"
        case seconds
        case firstFailureMilliseconds = "first_fail_ms"
        case lastFailureMilliseconds = "last_fail_ms"
        case answersByPod = "by_name"
    }

    /// Exchanges that were refused before their time was over.
    package var turnedAway: Int { refused + unreachable }

    /// The pods that answered.
    package var pods: Set<String> { Set(answersByPod.keys) }

    /// The nodes whose pods answered.
    package var nodes: Set<String> { Set(answersByPod.keys.map(Self.node)) }

    /// How often the pods of a node answered.
    package func answers(of node: String) -> Int {
        answersByPod.filter { Self.node(of: $0.key) == node }.values.reduce(0, +)
    }

    /// Pods are named after their nodes: `node1-pod2`.
    private static func node(of pod: String) -> String { String(pod.prefix { $0 != "-" }) }

    /// When the last exchange that failed was begun; nil if none failed.
    package var lastFailure: Date? {
        failed == 0 ? nil : Date(timeIntervalSince1970: began + lastFailureMilliseconds / 1000)
    }

    /// Whether all that failed may have been under way with a peer that died in this time.
    ///
    /// Nothing can take such an exchange over; it lasts less than a tenth of a second.
    package func failedOnlyInFlight(at death: ClosedRange<Date>) -> Bool {
        guard let lastFailure else { return true }
        let first = Date(timeIntervalSince1970: began + firstFailureMilliseconds / 1000)
        return death.lowerBound - 0.1 <= first && lastFailure <= death.upperBound
    }

    package init(json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }
}

package enum Transport: String, CaseIterable, Sendable {
    case tcp
    case udp
}

extension Lab {
    /// Sends this many requests, one after the other or `atOnce`, each with this time to succeed.
    package func send(
        _ count: Int, _ transport: Transport = .tcp, from host: String, to targets: [String],
        atOnce: Int = 1, timeoutMilliseconds: Int = 3000, more: [String] = []
    ) async throws -> LoadReport {
        let load = [
            "loadgen", "-j", "-m", transport.rawValue, "-n", "\(count)", "-c", "\(atOnce)", "-d",
            "60", "-t", "\(timeoutMilliseconds)",
        ]
        let output = try await start(host, load + more + targets).finish().checked()
        return try LoadReport(json: output.text)
    }

    /// Keeps a load on while the body runs, and until it has come to its end.
    package func underLoad(
        _ options: [String], from host: String, to targets: [String],
        _ body: () async throws -> Void
    ) async throws -> LoadReport {
        let load = try start(
            host, ["loadgen", "-j", "-i", "100", "-t", "3000", "-c", "4000"] + options + targets)
        try await eventually("a load has begun") { load.complaint.contains("ok=") }
        try await body()
        return try LoadReport(json: try await load.finish().checked().text)
    }
}

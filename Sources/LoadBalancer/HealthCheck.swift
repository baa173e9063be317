package import Addressing
package import HealthChecking

/// One check: where it connects to, and what it asks for there.
///
/// Services that lead to the same place share it, because equal checks are one check.
package struct HealthCheck: Hashable, Sendable {
    /// What is done once the connection stands.
    package enum Request: Hashable, Sendable {
        /// Nothing: that it stands is the answer.
        case connect
        /// Asks for this path over HTTP.
        case get(path: String)
    }

    /// An address of a node, and a port.
    package let socket: SocketEndpoint
    /// What is done there.
    package let request: Request

    /// A check of this place.
    package init(_ socket: SocketEndpoint, _ request: Request) {
        self.socket = socket
        self.request = request
    }
}

extension HealthCheck: CustomStringConvertible {
    /// For example `tcp 192.168.50.1:30080` or `http 192.168.50.1:10256/healthz`.
    package var description: String {
        switch request {
        case .connect: "tcp \(socket)"
        case .get(let path): "http \(socket)\(path)"
        }
    }
}

/// What came of one check.
package struct CheckOutcome: Hashable, Sendable {
    /// Why it failed; nil if it succeeded.
    package let failure: CheckFailure?
    /// From its start to its end.
    package let duration: Duration

    /// The outcome of a check that took this long.
    package init(failure: CheckFailure? = nil, duration: Duration) {
        self.failure = failure
        self.duration = duration
    }
}

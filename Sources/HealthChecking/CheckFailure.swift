/// Why a check failed.
package enum CheckFailure: Error, Hashable, Sendable {
    /// The node answered that nobody listens at the port.
    case refused
    /// No answer came within the policy's timeout.
    case timedOut
    /// The network says that the node cannot be reached.
    case unreachable
    /// The connection ended before the answer was complete.
    case closed
    /// The answer had a status outside 200 to 399.
    case status(Int)
    /// The answer was not HTTP.
    case malformedAnswer
    /// The check could not be made; the cause is on this host and in the system's words.
    case notMade(String)
}

extension CheckFailure: CustomStringConvertible {
    /// The failure in words, for logs and events.
    package var description: String {
        switch self {
        case .refused: "connection refused"
        case .timedOut: "timed out"
        case .unreachable: "unreachable"
        case .closed: "connection closed before the answer"
        case .status(let status): "HTTP status \(status)"
        case .malformedAnswer: "the answer is not HTTP"
        case .notMade(let cause): "check not made: \(cause)"
        }
    }
}

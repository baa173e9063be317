/// Why a check failed.
package enum CheckFailure: Error, Hashable, Codable, Sendable {
    /// The node answered that nobody listens at the port.
    case refused
    /// No answer came within the policy's timeout.
    case timedOut
    /// The network says that the node cannot be reached.
    case unreachable
    /// The connection ended before the answer was complete.
    case closed
    /// Nothing has been heard of the node, and it has to prove itself first.
    case notChecked
    /// The answer had a status that is not wanted.
    case status(Int)
    /// The answer was not of the protocol that was asked in.
    case malformedAnswer
    /// The answer did not hold what it has to.
    case unexpectedAnswer
    /// A gRPC server said something else than SERVING.
    case notServing(String)
    /// The program ended with a status other than 0.
    case exited(Int)
    /// No encrypted connection came to be, for this reason.
    case notSecure(String)
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
        case .notChecked: "not checked yet"
        case .status(let status): "HTTP status \(status)"
        case .malformedAnswer: "the answer is not of the protocol"
        case .unexpectedAnswer: "the answer is not the expected one"
        case .notServing(let said): "gRPC: \(said)"
        case .exited(let status): "exit status \(status)"
        case .notSecure(let reason): "TLS: \(reason)"
        case .notMade(let cause): "check not made: \(cause)"
        }
    }
}

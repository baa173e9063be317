package import DNSMessage

/// Why a server gave no answer to one question.
package enum ExchangeFailure: Error, Hashable, Sendable {
    /// It said nothing in time.
    case timedOut
    /// Nobody listens there.
    case refused
    /// There is no way there.
    case unreachable
    /// It closed the connection before the answer was whole.
    case closed
    /// It sent something that is no DNS message.
    case malformed
    /// So many messages came that answer another question that somebody may be guessing.
    case tooManyStrayReplies
    /// It answered with a code that is no answer, such as SERVFAIL or REFUSED.
    case responseCode(ResponseCode)
    /// It knows nothing of the name and does not ask others for it.
    case notRecursive
    /// Its answer contradicts itself, such as aliases in a circle.
    case contradictory
    /// There was no socket to ask it with.
    case notMade(String)

    /// Whether the server, or the way there, is at fault for every other question too.
    var isServerDown: Bool {
        switch self {
        case .timedOut, .refused, .unreachable, .closed, .tooManyStrayReplies: true
        case .malformed, .responseCode, .notRecursive, .contradictory, .notMade: false
        }
    }
}

extension ExchangeFailure {
    /// One word for a metric's label; there are as many as there are causes.
    package var label: String {
        switch self {
        case .timedOut: "timeout"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .closed: "closed"
        case .malformed: "malformed"
        case .tooManyStrayReplies: "stray"
        case .responseCode(let code): "\(code)"
        case .notRecursive: "not_recursive"
        case .contradictory: "contradictory"
        case .notMade: "not_made"
        }
    }
}

extension ExchangeFailure: CustomStringConvertible {
    /// What the server did, for a log: it follows the server's name.
    package var description: String {
        switch self {
        case .timedOut: "was silent"
        case .refused: "refused the connection"
        case .unreachable: "is unreachable"
        case .closed: "closed the connection early"
        case .malformed: "sent a malformed answer"
        case .tooManyStrayReplies: "sent too many answers to other questions"
        case .responseCode(let code): "answered \(code)"
        case .notRecursive: "does not resolve names of others"
        case .contradictory: "sent an answer that contradicts itself"
        case .notMade(let reason): "was not asked: \(reason)"
        }
    }
}

/// Why nothing is known of a question; the asker is told SERVFAIL.
package enum ForwardingFailure: Error, Hashable, Sendable {
    /// There is nobody to ask for the name.
    case noServers
    /// No server gave an answer; what came of the last one asked.
    case noAnswer(ExchangeFailure)
    /// Too many questions wait for servers, or too many askers.
    case overloaded
    /// The asker no longer wants to know.
    case cancelled
    /// The forwarder asks nobody any more.
    case stopped

    /// Whether it would be the same again a moment later.
    var isWorthRemembering: Bool {
        switch self {
        case .noAnswer(.notMade): false
        case .noAnswer: true
        case .noServers, .overloaded, .cancelled, .stopped: false
        }
    }
}

extension ForwardingFailure: CustomStringConvertible {
    /// For a log.
    package var description: String {
        switch self {
        case .noServers: "there is no server to ask"
        case .noAnswer(let failure): "no server answered; the last one \(failure)"
        case .overloaded: "too many questions wait for upstream servers"
        case .cancelled: "the asker went away"
        case .stopped: "the forwarder has stopped"
        }
    }
}

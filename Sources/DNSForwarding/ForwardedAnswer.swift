package import DNSMessage

/// What an asker is told: an answer of a server, now or earlier, or that there is none.
package struct ForwardedAnswer: Hashable, Sendable {
    /// NOERROR, NXDOMAIN, or SERVFAIL if nothing could be found out.
    package var responseCode: ResponseCode
    /// Whether the server said that it checked the signatures (AD).
    ///
    /// Only for an asker that set AD or DO itself (RFC 6840 section 5.8), and no more to be trusted
    /// than the way to the server.
    package var isAuthenticData: Bool
    /// The aliases from the name asked for on, and the records at their end.
    package var answers: [ResourceRecord]
    /// For a "no", the zone's SOA; the proofs, if signatures were wanted.
    package var authorities: [ResourceRecord]
    /// Whether it is older than its records allow (RFC 8767).
    package var isStale: Bool
    /// Why there is no answer, with SERVFAIL.
    package var failure: ForwardingFailure?

    /// That nothing could be found out.
    package init(failure: ForwardingFailure) {
        responseCode = .serverFailure
        isAuthenticData = false
        answers = []
        authorities = []
        isStale = false
        self.failure = failure
    }

    /// An answer so many seconds after it came, each time to live less by as many.
    init(_ answer: UpstreamAnswer, ageSeconds: UInt32) {
        self.init(answer, isStale: false)
        guard ageSeconds > 0 else { return }
        changeTimesToLive { timeToLive in timeToLive - min(ageSeconds, timeToLive) }
    }

    /// An answer after its time, all its records with the same time to live.
    init(stale answer: UpstreamAnswer, timeToLive: UInt32) {
        self.init(answer, isStale: true)
        changeTimesToLive { _ in timeToLive }
    }

    private init(_ answer: UpstreamAnswer, isStale: Bool) {
        responseCode = answer.responseCode
        isAuthenticData = answer.isAuthenticData
        answers = answer.answers
        authorities = answer.authorities
        self.isStale = isStale
        failure = answer.failure
    }

    private mutating func changeTimesToLive(_ change: (UInt32) -> UInt32) {
        for index in answers.indices {
            answers[index].timeToLive = change(answers[index].timeToLive)
        }
        for index in authorities.indices {
            authorities[index].timeToLive = change(authorities[index].timeToLive)
        }
    }
}

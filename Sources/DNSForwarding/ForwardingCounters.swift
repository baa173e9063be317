/// What a forwarder has done so far, and what it holds.
package struct ForwardingCounters: Hashable, Sendable {
    /// Answers from the cache, in their time.
    package var hits: UInt64 = 0
    /// Answers from the cache past their time, because servers failed.
    package var staleAnswers: UInt64 = 0
    /// Questions for which the cache had no answer in its time.
    package var misses: UInt64 = 0
    /// Those of them that waited for an equal question's answer.
    package var joined: UInt64 = 0
    /// Those of them that were refused because too many waited.
    package var overloaded: UInt64 = 0
    /// Those of them that were told SERVFAIL because no server gave an answer.
    package var failures: UInt64 = 0
    /// Answers that left the cache for want of room.
    package var evictions: UInt64 = 0
    /// Answers in the cache.
    package var cachedAnswers = 0
    /// What they take, by estimate.
    package var cachedBytes = 0
    /// Questions that wait for servers now.
    package var questionsInFlight = 0
    /// Askers that wait for them now.
    package var askersWaiting = 0
    /// What came of asking each server.
    package var servers: [UpstreamServer: ServerCounters] = [:]
}

/// What came of asking one server.
package struct ServerCounters: Hashable, Sendable {
    /// Messages sent, over UDP and TCP.
    package var exchanges: UInt64 = 0
    /// Those over TCP, because the answer did not fit.
    package var streamExchanges: UInt64 = 0
    /// Answers that were told on.
    package var answers: UInt64 = 0
    /// How long these took, all together.
    package var answerDuration: Duration = .zero
    /// Exchanges without an answer to tell on, by `ExchangeFailure.label`.
    package var failures: [String: UInt64] = [:]
    /// Exchanges in a row to which the server said nothing; 0 once it answers.
    package var consecutiveFailures = 0
}

/// How much and how long a forwarder takes from its upstream servers.
package struct ForwardingLimits: Hashable, Sendable {
    /// Questions that wait for an upstream server at once; further ones fail.
    ///
    /// Each has one socket at a time, so this bounds the sockets too.
    package var concurrentQuestions: Int
    /// Askers that wait at once, those of equal questions included; further ones fail.
    package var waitingAskers: Int
    /// How long one server is waited for before the next one is asked.
    package var attemptTimeout: Duration
    /// How long a question may take over all servers.
    package var totalTimeout: Duration
    /// How often servers are asked for one question, all of them together.
    package var attempts: Int
    /// How long a server that did not answer is asked after all others.
    package var avoidance: Duration
    /// How long an asker waits before an expired answer is given instead (RFC 8767 section 5).
    package var staleAnswerDelay: Duration

    /// What suits a cluster: 1,000 questions at once, 2 s for a server, 5 s for a question.
    package init(
        concurrentQuestions: Int = 1_000, waitingAskers: Int = 10_000,
        attemptTimeout: Duration = .seconds(2), totalTimeout: Duration = .seconds(5),
        attempts: Int = 6, avoidance: Duration = .seconds(10),
        staleAnswerDelay: Duration = .milliseconds(1_800)
    ) {
        self.concurrentQuestions = concurrentQuestions
        self.waitingAskers = waitingAskers
        self.attemptTimeout = attemptTimeout
        self.totalTimeout = totalTimeout
        self.attempts = attempts
        self.avoidance = avoidance
        self.staleAnswerDelay = staleAnswerDelay
    }
}

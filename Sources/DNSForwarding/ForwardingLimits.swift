/// How much and how long a forwarder takes from its upstream servers.
package struct ForwardingLimits: Hashable, Sendable {
    /// Questions that wait for an upstream server at once; further ones fail.
    package var concurrentQuestions: Int
    /// How long one server is waited for before the next one is asked.
    package var attemptTimeout: Duration
    /// How long a question may take over all servers.
    package var totalTimeout: Duration

    /// What suits a cluster: 1,000 questions at once, 2 s for a server, 5 s for a question.
    package init(
        concurrentQuestions: Int = 1_000, attemptTimeout: Duration = .seconds(2),
        totalTimeout: Duration = .seconds(5)
    ) {
        self.concurrentQuestions = concurrentQuestions
        self.attemptTimeout = attemptTimeout
        self.totalTimeout = totalTimeout
    }
}

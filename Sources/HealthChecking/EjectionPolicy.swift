/// When a target whose connections fail gets no more of them, and for how long.
package struct EjectionPolicy: Hashable, Sendable {
    /// Failures in a row, with no success between them, that eject a target.
    package var failures = 5
    /// How long the first answer to a connection may take before it counts as failed.
    ///
    /// Longer than the second after which clients repeat a SYN: one lost packet is no failure.
    package var replyTime = Duration.milliseconds(1_500)
    /// How long the first ejection lasts; each further one twice as long as the one before.
    package var time = Duration.seconds(30)
    /// The longest that an ejection lasts.
    package var maximumTime = Duration.seconds(300)
    /// The greatest share of a Service's targets that may be ejected at once, in percent.
    package var maximumShare = 10

    /// What is used where nobody says otherwise.
    package init() {}

    /// How many of so many targets may be ejected at once: one of two or more in any case, and
    /// never the last.
    package func allowance(among count: Int) -> Int {
        count < 2 ? 0 : min(count - 1, max(1, count * maximumShare / 100))
    }

    /// How long the ejection of this number, from 1, lasts.
    package func time(ofEjection number: Int) -> Duration {
        var result = time
        for _ in 1..<max(1, number) where result < maximumTime { result *= 2 }
        return min(result, maximumTime)
    }
}

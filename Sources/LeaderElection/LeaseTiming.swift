/// How long a Lease is valid, and how often its holder writes it.
package struct LeaseTiming: Hashable, Sendable {
    /// The least time between the end of the holder's belief and that of the others' patience.
    ///
    /// In it the holder withdraws, or the kernel does in its place: an address's lifetime is
    /// counted in whole seconds, and ends up to one second and a bit late.
    package static let leastMargin = Duration.seconds(2)

    /// How long others wait after they have seen the Lease change last; whole seconds, since
    /// Kubernetes counts them so.
    package let durationSeconds: Int
    /// How long a holder believes it is one, from when it sent what was confirmed last.
    package let renewDeadline: Duration
    /// From one attempt to write or read to the next.
    package let retryPeriod: Duration

    /// Fails unless there is time between two attempts, before the deadline, and after it.
    package init(
        duration: Duration, renewDeadline: Duration, retryPeriod: Duration
    ) throws(LeaseTimingError) {
        let (seconds, rest) = duration.components
        guard seconds >= 1, rest == 0 else { throw .notWholeSeconds }
        guard renewDeadline + Self.leastMargin <= duration else { throw .noTimeToWithdraw }
        guard retryPeriod > .zero, retryPeriod * 2 <= renewDeadline else { throw .noTimeToRenew }
        durationSeconds = Int(seconds)
        self.renewDeadline = renewDeadline
        self.retryPeriod = retryPeriod
    }

    /// How long others wait.
    package var duration: Duration { .seconds(durationSeconds) }
}

/// Times of a Lease that do not go together.
package enum LeaseTimingError: Error, Hashable, Sendable, CustomStringConvertible {
    case notWholeSeconds
    case noTimeToWithdraw
    case noTimeToRenew

    package var description: String {
        switch self {
        case .notWholeSeconds: "the lease duration must be whole seconds"
        case .noTimeToWithdraw:
            "the renew deadline must be at least \(LeaseTiming.leastMargin.components.seconds) s "
                + "shorter than the lease duration"
        case .noTimeToRenew: "the retry period must be no more than half of the renew deadline"
        }
    }
}

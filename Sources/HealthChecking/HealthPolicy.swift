/// How often nodes are checked, and how many results in a row change the mind about one.
package struct HealthPolicy: Hashable, Sendable {
    /// From the start of one check to the start of the next.
    package let interval: Duration
    /// How long a check may take before it counts as failed.
    package let timeout: Duration
    /// Successes in a row that make an unhealthy node healthy.
    package let rise: Int
    /// Failures in a row that make a node unhealthy.
    package let fall: Int

    /// Makes a policy; `timeout` is `interval` when absent.
    ///
    /// The defaults notice a dead node within 8 s: three intervals, and the last timeout.
    ///
    /// - Throws: `HealthPolicyError` for a duration or a count that is not above zero.
    package init(
        interval: Duration = .seconds(2), timeout: Duration? = nil, rise: Int = 2, fall: Int = 3
    ) throws(HealthPolicyError) {
        let timeout = timeout ?? interval
        guard interval > .zero else { throw HealthPolicyError(code: .interval) }
        guard timeout > .zero else { throw HealthPolicyError(code: .timeout) }
        guard rise > 0 else { throw HealthPolicyError(code: .rise) }
        guard fall > 0 else { throw HealthPolicyError(code: .fall) }
        self.interval = interval
        self.timeout = timeout
        self.rise = rise
        self.fall = fall
    }
}

/// A policy under which nothing would ever be decided, or nothing be left to decide.
package struct HealthPolicyError: Error, Hashable, Sendable {
    /// The setting that is not above zero.
    package enum Code: String, Hashable, Sendable {
        case interval
        case timeout
        case rise
        case fall
    }

    /// Which setting is wrong.
    package let code: Code

    /// Makes the error about one setting.
    package init(code: Code) {
        self.code = code
    }
}

extension HealthPolicyError: CustomStringConvertible {
    /// The setting and what it must be, in one line for the user.
    package var description: String {
        switch code {
        case .interval, .timeout: "the check's \(code.rawValue) must be longer than zero"
        case .rise, .fall: "\(code.rawValue) must be at least 1"
        }
    }
}

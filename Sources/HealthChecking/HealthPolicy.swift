/// What is thought of a node before its first check, in HAProxy's words.
package enum InitialHealth: String, Hashable, Sendable {
    /// It takes traffic, until `fall` checks have failed.
    case fullyUp = "fully-up"
    /// It takes traffic, and the first check decides.
    case up
    /// It takes none, and the first check decides.
    case down
    /// It takes none, until `rise` checks have succeeded.
    case fullyDown = "fully-down"
}

/// How often nodes are checked, and how many results in a row change the mind about one.
package struct HealthPolicy: Hashable, Sendable {
    /// From the start of one check to the start of the next.
    package let interval: Duration
    /// The same while results speak against what is believed; nil: `interval`.
    package var fastInterval: Duration?
    /// The same while a node is down; nil: `interval`.
    package var downInterval: Duration?
    /// What is thought of a node before its first check.
    package var initial = InitialHealth.fullyUp
    /// How long a check may take before it counts as failed.
    package let timeout: Duration
    /// Successes in a row that make an unhealthy node healthy.
    package let rise: Int
    /// Failures in a row that make a node unhealthy.
    package let fall: Int

    /// What is used where nobody says otherwise: every 2 s, two up, three down.
    package static let standard = HealthPolicy()

    private init() {
        interval = .seconds(2)
        timeout = .seconds(2)
        rise = 2
        fall = 3
    }

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

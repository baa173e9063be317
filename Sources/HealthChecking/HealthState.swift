/// What the checks of one node have shown so far: a state machine that returns its effects.
///
/// ```
///             one success              `fall` failures in a row
///   unknown ──────────────▶ healthy ─────────────────────────────▶ unhealthy
///      │                       ▲                                     │   ▲
///      │                       └─────── `rise` successes in a row ───┘   │
///      └───────────────────────── `fall` failures in a row ──────────────┘
/// ```
///
/// A node that nobody has checked yet takes traffic. Were it left out, the first start of a balancer
/// would refuse all connections until its checks came back, although the nodes work; let in, a
/// node that is dead at that moment costs its share of connections until `fall` checks have failed,
/// as it would have at any other moment. What an earlier run found out is not found out at the
/// clients' cost again: see `HealthMemory`. One success settles the matter, since nothing speaks
/// against the node: `rise` is there to keep a node that was seen failing from coming back too
/// early. A policy may begin otherwise: see `InitialHealth`.
package struct HealthState: Hashable, Sendable {
    /// What is known of the node.
    package enum Condition: Hashable, Sendable {
        case unknown
        case healthy
        case unhealthy
    }

    /// What the caller has to do about a result.
    package enum Effect: Hashable, Sendable {
        case none
        /// The node is to take traffic, or goes on to: the first success of an unknown node tells.
        case becameHealthy
        /// The node is to take no more traffic; the reason is that of the last failure.
        case becameUnhealthy(CheckFailure)
    }

    /// What the results add up to under.
    package let policy: HealthPolicy
    /// What is known of the node now.
    package private(set) var condition: Condition = .unknown
    /// Results in a row that speak against the condition, fewer than it takes to change it.
    private var contrary = 0

    /// Starts without a result.
    package init(policy: HealthPolicy) {
        self.policy = policy
        switch policy.initial {
        case .fullyUp: break
        case .up: contrary = policy.fall - 1
        case .down:
            condition = .unhealthy
            contrary = policy.rise - 1
        case .fullyDown: condition = .unhealthy
        }
    }

    /// Goes on with a node that was seen failing before: `rise` checks have to succeed, or, if it
    /// was another check that failed, one.
    package init(unhealthyUnder policy: HealthPolicy, isHearsay: Bool = false) {
        self.policy = policy
        condition = .unhealthy
        contrary = isHearsay ? policy.rise - 1 : 0
    }

    /// From the start of the last check to that of the next, before chance is added.
    package var nextInterval: Duration {
        if contrary > 0 { return policy.fastInterval ?? policy.interval }
        return condition == .unhealthy ? policy.downInterval ?? policy.interval : policy.interval
    }

    /// Whether new connections may be sent to the node.
    package var takesTraffic: Bool { condition != .unhealthy }

    /// Takes note of a check that succeeded.
    package mutating func succeeded() -> Effect {
        switch condition {
        case .healthy:
            contrary = 0
            return .none
        case .unknown:
            return become(.healthy, .becameHealthy)
        case .unhealthy:
            contrary += 1
            return contrary < policy.rise ? .none : become(.healthy, .becameHealthy)
        }
    }

    /// Takes note of a check that failed.
    package mutating func failed(_ reason: CheckFailure) -> Effect {
        switch condition {
        case .unhealthy:
            contrary = 0
            return .none
        case .unknown, .healthy:
            contrary += 1
            return contrary < policy.fall
                ? .none : become(.unhealthy, .becameUnhealthy(reason))
        }
    }

    private mutating func become(_ condition: Condition, _ effect: Effect) -> Effect {
        self.condition = condition
        contrary = 0
        return effect
    }
}

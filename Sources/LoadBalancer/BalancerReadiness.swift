import TableSync

/// Whether a balancer can take traffic now, or should leave it to another one.
package struct BalancerReadiness: Codable, Hashable, Sendable {
    /// True if it can.
    package let isReady: Bool
    /// Why it cannot.
    package let reason: String?

    /// Judges by the state of the tables and by what the Services have to offer.
    ///
    /// An API that is away speaks against no balancer: the other one has the same.
    init(hasSynced: Bool, isHealthy: Bool, lastError: String?, servesAny: Bool) {
        reason =
            if !hasSynced {
                "the kernel has not held the complete state yet"
            } else if !isHealthy || lastError != nil {
                "the kernel does not take what the API says: \(lastError ?? "changes wait")"
            } else if !servesAny {
                "no Service has a healthy node"
            } else {
                nil
            }
        isReady = reason == nil
    }
}

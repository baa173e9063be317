package import LeaderElection

/// Which Lease decides about a pair, and under which name this balancer takes part.
package struct LeaseSeat: Hashable, Sendable {
    /// The Lease's namespace.
    package let namespace: String
    /// The Lease's name.
    package let name: String
    /// This balancer's name, which no other one of the pair has.
    package let identity: String
    /// How long it is valid, and how often it is written.
    package let timing: LeaseTiming

    /// Names a Lease and a candidate.
    package init(namespace: String, name: String, identity: String, timing: LeaseTiming) {
        self.namespace = namespace
        self.name = name
        self.identity = identity
        self.timing = timing
    }

    /// For example `kube-system/sluice-balancer`.
    var place: String { "\(namespace)/\(name)" }
}

import LeaderElection

/// How it is with a pair's Lease, as one of the two sees it.
struct LeaseStanding: Sendable {
    let seat: LeaseSeat
    /// Whether this balancer may act.
    let isHeld: Bool
    /// What the Lease said last; nil: it was never seen.
    let record: LeaseRecord?
    /// Whether another balancer writes it under this one's name.
    let hasNamesake: Bool
    /// How long ago the write was sent that was confirmed last.
    let sinceConfirmed: Duration?
    /// Why the last request failed.
    let failure: String?
}

/// How it is with a pair's Lease, for people and for programs.
package struct LeaseStatus: Codable, Hashable, Sendable {
    /// `NAMESPACE/NAME`.
    package let lease: String
    /// This balancer's name.
    package let identity: String
    /// True while this balancer holds the Lease, and may hold addresses by it.
    package let isHeld: Bool
    /// Who holds it, as it was seen last; absent: nobody, or it was never seen.
    package let holder: String?
    /// When that one got it.
    package let acquireTime: String?
    /// How often it went from one to another.
    package let transitions: Int?
    /// How long ago this balancer's last confirmed write was sent.
    package let secondsSinceRenewal: Double?
    /// What is wrong: the API does not answer, or another balancer has the same name.
    package let problem: String?

    init(_ standing: LeaseStanding) {
        lease = standing.seat.place
        identity = standing.seat.identity
        isHeld = standing.isHeld
        holder = standing.record.flatMap { $0.holder.isEmpty ? nil : $0.holder }
        acquireTime = standing.record.flatMap { $0.acquireTime.isEmpty ? nil : $0.acquireTime }
        transitions = standing.record?.transitions
        secondsSinceRenewal = standing.sinceConfirmed.map { $0 / .seconds(1) }
        problem =
            standing.hasNamesake
            ? "another balancer writes it under this one's name" : standing.failure
    }
}

import Netfilter

/// When clients are looked for again that the kernel remembered with a node while it was taken
/// away, and whose flows are deleted if there were any.
struct AffinityLooks {
    /// A packet that was on its way during a commit is through the rules long before this.
    private static let delay = Duration.seconds(1)

    private var due: ContinuousClock.Instant?
    /// The flows that changes since the last look left behind.
    private var stale: [FlowFilter] = []
    /// Those of the changes before: that look may have come too soon for them.
    private var earlierStale: [FlowFilter] = []

    /// Takes note of a change, which left these flows without their backend.
    ///
    /// It puts no look off, or with changes that never pause none would ever come.
    mutating func note(_ stale: [FlowFilter], at now: ContinuousClock.Instant) {
        self.stale += stale
        due = due ?? now + Self.delay
    }

    /// The flows to delete if there are such clients; nil if it is not time to look for them.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [FlowFilter]? {
        guard let due, now >= due else { return nil }
        self.due = nil
        defer { (stale, earlierStale) = ([], stale) }
        return earlierStale + stale
    }

    /// Has another look taken, unless the last one was the last that is needed.
    mutating func goOn(_ isNeeded: Bool, at now: ContinuousClock.Instant) {
        if isNeeded { note([], at: now) } else { earlierStale = [] }
    }
}

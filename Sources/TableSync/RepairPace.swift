/// How soon tables may be repaired that somebody else keeps changing; pure.
///
/// A process that puts its own rules back after each of our repairs would fight us for ever, and
/// each round costs both a reading of everything. So whoever has been repaired often within a
/// minute waits, longer each time; the tables are right between the repairs only.
package struct RepairPace: Sendable {
    /// Repairs within a minute after one and the same process that are made at once.
    package static let promptRepairs = 5
    /// The window in which repairs are counted.
    package static let window = Duration.seconds(60)
    /// The longest that a repair is put off.
    package static let longestDelay = Duration.seconds(60)

    private var repairs: [(time: ContinuousClock.Instant, process: String?)] = []
    /// When the next repair may be made.
    package private(set) var nextRepair: ContinuousClock.Instant?
    /// True once it has been noted that repairs are put off, until they are not any more.
    private var isSlow = false

    /// Nobody has changed anything.
    package init() {}

    /// Whether a repair may be made now.
    package func allowsRepair(at now: ContinuousClock.Instant) -> Bool {
        nextRepair.map { now >= $0 } ?? true
    }

    /// Notes a repair and whose change it was, if that is known; returns for how long the next one
    /// is put off if that begins now, which is to be said.
    package mutating func repaired(
        after process: String?, at now: ContinuousClock.Instant
    ) -> Duration? {
        repairs.removeAll { now - $0.time >= max(Self.window, Self.longestDelay * 2) }
        repairs.append((now, process))
        let recent = repairs.count { $0.process == process }
        guard recent > Self.promptRepairs else {
            nextRepair = nil
            isSlow = false
            return nil
        }
        let doublings = min(recent - Self.promptRepairs - 1, 6)
        let delay = min(Duration.seconds(1 << doublings), Self.longestDelay)
        nextRepair = now + delay
        defer { isSlow = true }
        return isSlow ? nil : delay
    }
}

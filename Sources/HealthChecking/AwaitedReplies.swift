/// Connections whose first answer is awaited; says which get none in time.
///
/// Times are durations since any one moment; they must not go back.
package struct AwaitedReplies<Target: Hashable & Sendable>: Sendable {
    /// Connections that are awaited at once; what comes while there are so many tells nothing.
    package static var limit: Int { 65_536 }

    /// How long an answer may take.
    package let replyTime: Duration
    private var targets: [UInt32: Target] = [:]
    /// Connections in the order of their beginning; those that were answered have no target.
    private var queue: [(id: UInt32, due: Duration)] = []
    /// How many of the queue are done with.
    private var done = 0

    /// Nothing is awaited.
    package init(replyTime: Duration) {
        self.replyTime = replyTime
    }

    /// How many connections are awaited.
    package var count: Int { targets.count }

    /// Takes note that a connection to a target began.
    package mutating func began(_ id: UInt32, to target: Target, at now: Duration) {
        guard queue.count - done < Self.limit, targets[id] == nil else { return }
        targets[id] = target
        queue.append((id, now + replyTime))
    }

    /// Takes note that a connection was answered, or ended; returns its target if it was awaited.
    package mutating func settled(_ id: UInt32) -> Target? { targets.removeValue(forKey: id) }

    /// Returns the targets of the connections whose time has passed, and awaits them no more.
    package mutating func overdue(at now: Duration) -> [Target] {
        var overdue: [Target] = []
        while done < queue.count, queue[done].due <= now {
            if let target = targets.removeValue(forKey: queue[done].id) { overdue.append(target) }
            done += 1
        }
        // Moved as often as it has grown by half.
        if done > queue.count / 2 {
            queue.removeFirst(done)
            done = 0
        }
        return overdue
    }

    /// Forgets everything: what was missed may have been the answers.
    package mutating func forgetAll() {
        targets = [:]
        queue = []
        done = 0
    }
}

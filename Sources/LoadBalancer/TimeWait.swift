/// How long the kernel remembers connections that both ends closed.
package enum TimeWait: Hashable, Sendable {
    /// As long as it does by itself.
    case kernels
    /// So many seconds at most.
    case limited(seconds: Int)
    /// As long as backends do, while the ports last.
    case paced
}

/// Chooses how long the kernel remembers connections that both ends closed, second by second.
///
/// A backend that closes first remembers a connection for a minute (`TIME_WAIT`), and may answer a
/// new one from the same port with an acknowledgement of the old one, if its timestamps look older:
/// Linux 6.18 begins them anywhere for each pair of ports. The client then begins anew, up to a
/// second later. As long as the balancer's kernel remembers the old one, too, it gives its port to
/// no other. But there are only so many ports towards one backend, and what is remembered takes
/// room in the kernel's table; where they do not last for the connections that come, the time is
/// shorter.
struct TimeWaitPace {
    /// A minute, and what the kernel's timer of a minute may be late.
    static let longest = 64
    /// What many connections are left with, in seconds.
    static let shortest = 10
    /// What is chosen from: the kernel need not be told of each small change.
    private static let choices = [longest, 48, 32, 24, 16, shortest]
    /// Seven eighths of the ports from 1,024 up.
    ///
    /// The kernel looks longer for the last ones. All connections may be to one backend.
    private static let ports = 57_344
    /// Over so many seconds the connections that come are looked at.
    private static let window = 4

    /// What was chosen in each of the last seconds, the latest last.
    private var chosen = Array(repeating: longest, count: longest)
    /// By how many connections a second their number grew, seen from each of the last seconds.
    private var growths = Array(repeating: 0.0, count: longest)
    /// How many connections were tracked in each of the last seconds, the latest last.
    private var counts: [Int] = []

    /// Chooses anew; to be called every second.
    ///
    /// - Parameters:
    ///   - count: connections that the kernel tracks, in any state.
    ///   - limit: how many it may track; closed ones are to take no more than half of that.
    /// - Returns: the time in seconds.
    mutating func next(count: Int, limit: Int) -> Int {
        let room = min(Self.ports, limit / 2)
        note(count, isFew: count <= room / 4)
        let rate = max(steadyRate(count), growths.max() ?? 0)
        let current = chosen[chosen.count - 1]
        let choice =
            Self.choices.first { seconds in
                // More than before only if it is not taken back at once.
                rate * Double(seconds) * (seconds > current ? 1.25 : 1) <= Double(room)
            } ?? Self.shortest
        chosen.append(choice)
        chosen.removeFirst()
        return choice
    }

    /// Notes how the number grows; it counts as long as connections of that time may be remembered.
    private mutating func note(_ count: Int, isFew: Bool) {
        let growth = counts.first.map { Double(count - $0) / Double(counts.count) } ?? 0
        growths.append(isFew ? 0 : growth)
        growths.removeFirst()
        counts = Array((counts + [count]).suffix(Self.window))
    }

    /// Connections a second, if they come evenly and are all as short as can be: the one that began
    /// so many seconds ago was given the time chosen then.
    private func steadyRate(_ count: Int) -> Double {
        let remembered = chosen.reversed().enumerated().count { age, seconds in seconds > age }
        return Double(count) / Double(remembered)
    }
}

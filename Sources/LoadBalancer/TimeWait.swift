/// How long the kernel remembers connections that both ends closed.
package enum TimeWait: Hashable, Sendable {
    /// As long as it does by itself.
    case kept
    /// So many seconds at most.
    case atMost(seconds: Int)
    /// As long as backends do, while ports and room in the kernel's table last.
    case paced
}

/// Chooses how long the kernel remembers connections that both ends closed, second by second.
///
/// A backend that closes first remembers a connection for a minute (`TIME_WAIT`), and may answer a
/// new one from the same port with an acknowledgement of the old one, if its timestamps look older:
/// where they begin differs from client to client, with Linux 6.18.44 also from port to port. The
/// client then begins anew, up to a second later. As long as the balancer's kernel remembers the
/// old one, too, it gives its port to no other. But there are only so many ports towards one
/// backend, and what is remembered takes room in the kernel's table; where they do not last for the
/// connections that come, the time is shorter.
struct TimeWaitPace {
    /// A minute, and what the kernel's timer of a minute may be late, in seconds.
    static let longest = 64
    /// What many connections are left with, in seconds.
    static let shortest = 10
    /// What is chosen from: the kernel need not be told of each small change.
    private static let choices = [longest, 48, 32, 24, 16, shortest]
    /// Eight ninths of the ports from 1,024 up, since the kernel looks longer for the last ones.
    ///
    /// All connections may be to one backend.
    private static let ports = 57_344
    /// Over so many seconds the connections that come are counted.
    private static let window = 8
    /// So many seconds in a row must bear a longer time before it is chosen.
    private static let patience = 20

    /// The time in seconds that connections are given now.
    private(set) var held: Int
    /// How many closed connections are remembered now, a second from now, two, and so on.
    private var remembered: [Double]
    /// How many came in each of the last seconds, as far as is known.
    private var arrivals: [Double] = []
    /// For how many seconds a longer time could have been chosen.
    private var calm = 0

    /// - Parameters:
    ///   - seconds: the time that connections were given until now.
    ///   - count: closed connections that are remembered.
    init(holding seconds: Int, count: Int) {
        let seconds = max(1, min(seconds, Self.longest))
        held = seconds
        remembered = (0...Self.longest).map { later in
            Double(count) * Double(max(0, seconds - later)) / Double(seconds)
        }
    }

    /// Notes the time in seconds that holds from now on, whoever set it.
    mutating func hold(_ seconds: Int) { held = min(seconds, Self.longest) }

    /// Chooses anew; to be called every second or so.
    ///
    /// - Parameters:
    ///   - count: closed connections that are remembered.
    ///   - limit: how many connections the kernel may track, of which closed ones are to take no
    ///     more than half; 0: any number.
    ///   - elapsed: seconds since the last call.
    /// - Returns: the time in seconds.
    mutating func next(count: Int, limit: Int, after elapsed: Int = 1) -> Int {
        let rate = note(Double(count), after: max(1, elapsed))
        let room = Double(limit == 0 ? Self.ports : min(Self.ports, limit / 2))
        let choice =
            Self.choices.first { seconds in
                (0...seconds).allSatisfy { remembered[$0] + rate * Double($0) <= room }
            } ?? Self.shortest
        calm = choice > held ? calm + 1 : 0
        return choice < held || calm >= Self.patience ? choice : max(held, Self.shortest)
    }

    /// Notes how many there are, and returns how many come a second.
    private mutating func note(_ count: Double, after elapsed: Int) -> Double {
        let growth = (count - remembered[0]) / Double(elapsed)
        let gone = min(elapsed, remembered.count)
        remembered = Array(remembered.dropFirst(gone)) + Array(repeating: 0, count: gone)
        let arrived = count - remembered[0]
        if arrived < 0 { remembered = remembered.map { $0 * count / remembered[0] } }
        for later in 0..<held {
            remembered[later] += max(0, later < held - 1 ? arrived : arrived / 2)
        }
        // What goes a second sooner or later than expected evens out.
        arrivals = (arrivals + [arrived / Double(elapsed)]).suffix(Self.window)
        return max(growth, arrivals.reduce(0, +) / Double(arrivals.count))
    }
}

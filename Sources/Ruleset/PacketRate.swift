/// How many packets may come in a time, and how many more at once: a bucket that fills steadily
/// and never holds more than `burst` (kernel: `nft_limit`).
package struct PacketRate: Hashable, Sendable {
    /// The time that `count` is meant for, with the kernel's number of seconds.
    package enum Unit: Int, Hashable, Sendable, CaseIterable {
        case second = 1
        case minute = 60
        case hour = 3_600
        case day = 86_400

        /// The spelling of `nft`, for example `second`.
        package var name: String {
            switch self {
            case .second: "second"
            case .minute: "minute"
            case .hour: "hour"
            case .day: "day"
            }
        }
    }

    /// The most that `count` and `burst` may be: beyond it the kernel's arithmetic, in
    /// nanoseconds, is no longer exact.
    package static let maximum = 1_000_000

    /// How many packets in each unit.
    package let count: Int
    /// The time that they are counted in.
    package let unit: Unit
    /// How many may come at once, after a pause.
    package let burst: Int

    /// Fails for a count or burst of less than 1 or more than `maximum`.
    package init?(_ count: Int, per unit: Unit, burst: Int) {
        guard 1...Self.maximum ~= count, 1...Self.maximum ~= burst else { return nil }
        self.count = count
        self.unit = unit
        self.burst = burst
    }

    /// Seconds after which a bucket that was empty is full again, rounded up.
    package var secondsToFill: Int { (burst * unit.rawValue + count - 1) / count }
}

extension PacketRate: CustomStringConvertible {
    /// The spelling of `nft`, which leaves a burst of 5 out: for example `10/second burst 20 packets`.
    package var description: String {
        "\(count)/\(unit.name)" + (burst == 5 ? "" : " burst \(burst) packets")
    }
}

/// How long to wait before the next attempt: doubling up to a cap, and never the same for two
/// clients, so that a server that comes back is not asked by all of them at once.
package struct Backoff: Hashable, Sendable {
    private let first: Duration
    private let cap: Duration
    private var current: Duration

    /// The first delay is between half of `first` and `first`.
    package init(first: Duration = .milliseconds(250), cap: Duration = .seconds(15)) {
        precondition(first > .zero && first <= cap)
        self.first = first
        self.cap = cap
        current = first
    }

    /// The delay before the next attempt.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let delay = current * Double.random(in: 0.5...1, using: &generator)
        current = min(current * 2, cap)
        return delay
    }

    /// Starts over: the last attempt worked.
    package mutating func reset() {
        current = first
    }
}

import LeaderElection
import Netfilter
import Synchronization

/// For how long this host may act as the holder of its pair's Lease.
///
/// Whoever acts looks at the clock before each act, so that a process that was stopped, or one
/// whose API hangs, acts no more once the term is over. For a process that does not even wake up
/// the kernel does it: addresses live no longer than the term.
package final class LeaseTerm: Sendable {
    /// One confirmed write of the Lease, and what follows from it.
    struct Window: Hashable, Sendable {
        /// When it was sent.
        let sent: ContinuousClock.Instant
        /// From when on this host acts no more.
        let end: ContinuousClock.Instant
        /// From when on another one may act.
        let othersBegin: ContinuousClock.Instant

        init(sentAt sent: ContinuousClock.Instant, _ timing: LeaseTiming) {
            self.sent = sent
            end = sent + timing.renewDeadline
            othersBegin = sent + timing.duration
        }
    }

    private struct State {
        var window: Window?
        var isDecided = false
    }

    private let state = Mutex(State())

    /// No term has begun.
    package init() {}

    /// Begins a term, prolongs it, or ends it.
    func set(_ window: Window?) { state.withLock { $0.window = window } }

    /// Takes note that it is known for the first time who holds the Lease.
    func decide() { state.withLock { $0.isDecided = true } }

    /// Whether it was ever known who holds the Lease.
    var isDecided: Bool { state.withLock { $0.isDecided } }

    /// The term that lasts; nil once it is over.
    func window(at now: ContinuousClock.Instant) -> Window? {
        state.withLock { $0.window }.flatMap { now < $0.end ? $0 : nil }
    }

    /// Whether this host may act.
    func lasts(at now: ContinuousClock.Instant) -> Bool { window(at: now) != nil }
}

extension LeaseTerm.Window {
    /// For how many seconds the kernel may be told to keep an address from now on, so that it is
    /// gone when another host begins; nil when that is less than one.
    func addressSeconds(at now: ContinuousClock.Instant) -> UInt32? {
        let seconds = (othersBegin - now - RouteSocket.addressLateness).components.seconds
        return seconds < 1 ? nil : UInt32(clamping: seconds)
    }
}

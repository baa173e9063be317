package import Forwarding
package import Netfilter
import Synchronization

/// Deletes the tracked flows of backends that are gone, beside the writing of further changes.
///
/// To find them the kernel goes through its whole table, however few flows are in it. A host with
/// few flows has them read as text, which takes a millisecond; with many, or where the kernel has
/// no such text, it is 10 ms with the 262,144 buckets that a host of 16 GiB has, 60 ms with 130,000
/// flows (Linux 6.18, `ctnetlink_dump_table`). All that time it holds off softirqs, so that nothing
/// else runs on that processor, whatever its priority: neither packets nor a task that wakes there.
/// So no change waits for a look, a look waits until a burst of changes is over, what comes
/// meanwhile is looked for together, and looks take about a hundredth of the time.
package final class FlowPurge: Sendable {
    /// Between two looks for the same flows.
    package static let lookInterval = Duration.seconds(1)
    /// Between two looks, however short; the first after a quiet time comes at once.
    package static let shortestPause = Duration.milliseconds(100)
    /// Even a full table is gone through this often while backends keep going.
    static let longestPause = Duration.seconds(2)
    /// How long no change must have come before a look.
    static let settling = Duration.milliseconds(5)
    /// Changes that go on put a look off no longer than this.
    static let longestDelay = Duration.milliseconds(100)

    /// What deletes flows; each says whether it could.
    package struct Hands: Sendable {
        /// Deletes those that one of the filters means.
        let delete: @Sendable ([FlowFilter]) async -> Bool
        /// Compares all flows with the frontends as they are.
        let audit: @Sendable () async -> Bool

        /// Gathers what deletes flows.
        package init(
            delete: @escaping @Sendable ([FlowFilter]) async -> Bool,
            audit: @escaping @Sendable () async -> Bool
        ) {
            self.delete = delete
            self.audit = audit
        }
    }

    private struct Waiting {
        var sweep = FlowSweep()
        var isAuditDue = false
        var isAuditing = false
        /// When something was last added.
        var lastChange = ContinuousClock.now

        var isEmpty: Bool { sweep.isEmpty && !isAuditDue }
    }

    private let waiting = Mutex(Waiting())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let ending: AsyncStream<Void>
    private let endingSignal: AsyncStream<Void>.Continuation

    /// Starts with nothing to delete.
    package init() {
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (ending, endingSignal) = AsyncStream.makeStream()
    }

    /// Whether all flows are deleted that changes left behind, as far as is known.
    package var isIdle: Bool { waiting.withLock { $0.isEmpty && !$0.isAuditing } }

    /// Has these flows deleted soon.
    package func add(_ filters: [FlowFilter]) {
        guard !filters.isEmpty else { return }
        waiting.withLock { waiting in
            waiting.sweep.add(filters)
            waiting.lastChange = .now
        }
        signal.yield()
    }

    /// Has the flows deleted soon that one transaction's new entries leave behind.
    package func note(from old: [ForwardingEntry], to new: [ForwardingEntry]) {
        let isEmpty = waiting.withLock { waiting in
            waiting.sweep.note(from: old, to: new)
            waiting.lastChange = .now
            return waiting.isEmpty
        }
        if !isEmpty { signal.yield() }
    }

    /// Has flows looked for further that were looked for once when they were left behind, but none
    /// that these exchanges have brought back.
    package func goOn(
        lookingFor filters: [FlowFilter], after exchanges: [WriteReport.Exchange]
    ) {
        waiting.withLock { waiting in
            for (old, new) in exchanges { waiting.sweep.letGo(from: old, to: new) }
            waiting.sweep.add(lookedFor: filters)
        }
    }

    /// Has all flows compared with the frontends soon: they may have missed any change.
    package func audit() {
        waiting.withLock { $0.isAuditDue = true }
        signal.yield()
    }

    /// Has `run` give up what it is at, delete what has never been looked for, and return.
    package func end() { endingSignal.finish() }

    /// Deletes what is asked for until the end, and then what has never been looked for; if the
    /// task is cancelled, it returns as soon as it can.
    ///
    /// What could not be deleted is tried again. What goes on for long is given up at the end: the
    /// next start compares all flows anyway.
    package func run(_ hands: Hands) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                while (try? await Task.sleep(for: Self.lookInterval)) != nil {
                    let isEmpty = waiting.withLock { waiting in
                        waiting.sweep.repeatLooks()
                        return waiting.isEmpty
                    }
                    if !isEmpty { signal.yield() }
                }
            }
            group.addTask { [self] in
                for await _ in signals {
                    await settle()
                    guard !Task.isCancelled else { return }
                    var isDone = false
                    let duration = await ContinuousClock().measure { isDone = await look(hands) }
                    let leastPause = isDone ? Self.shortestPause : Self.lookInterval
                    // A cancelled task does not sleep, and ends the loop.
                    try? await Task.sleep(
                        for: min(max(duration * 99, leastPause), Self.longestPause))
                }
            }
            for await _ in ending {}
            group.cancelAll()
        }
        let unseen = waiting.withLock { $0.sweep.unseen }
        if !unseen.isEmpty, !Task.isCancelled { _ = await hands.delete(unseen) }
    }

    /// Waits until a burst of changes is over, or for long enough.
    ///
    /// While changes keep coming it waits for the next one: right after it the one that follows
    /// is the furthest away.
    private func settle() async {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.longestDelay
        while clock.now < deadline {
            let age = clock.now - waiting.withLock { $0.lastChange }
            let isRightAfter = age >= Self.settling && age < Self.settling * 2
            guard !isRightAfter, age < Self.longestDelay else { return }
            let rest = age < Self.settling ? Self.settling - age : Self.settling / 2
            guard (try? await Task.sleep(for: rest)) != nil else { return }
        }
    }

    /// Says whether it could delete all that it looked for.
    private func look(_ hands: Hands) async -> Bool {
        let (filters, isAuditDue) = waiting.withLock { waiting in
            waiting.isAuditing = waiting.isAuditDue
            defer { waiting.isAuditDue = false }
            return (waiting.sweep.takeDue(), waiting.isAuditDue)
        }
        var isDone = true
        if isAuditDue {
            let isAudited = await hands.audit()
            waiting.withLock { waiting in
                waiting.isAuditing = false
                waiting.isAuditDue = waiting.isAuditDue || !isAudited
            }
            isDone = isAudited
        }
        guard !filters.isEmpty else { return isDone }
        guard await hands.delete(filters) else { return false }
        waiting.withLock { $0.sweep.endLook(at: filters) }
        return isDone
    }
}

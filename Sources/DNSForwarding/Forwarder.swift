package import DNSMessage
package import Logging
package import NIOCore
import NIOPosix
import Synchronization

/// Finds out what other servers say of names, and remembers it.
///
/// Answers that are known are given at once on the caller's thread; all else is done on one
/// thread of the forwarder's own, which owns every socket. `shutdown` ends it.
package final class Forwarder: Sendable {
    private let configuration: ForwardingConfiguration
    private let cache: SharedAnswerCache
    private let ledger: ForwardingLedger
    private let group: MultiThreadedEventLoopGroup
    private let desk: NIOLoopBoundBox<QuestionDesk?>
    /// Whether the thread takes no more work; work is handed over under the lock, so that none
    /// comes after the last.
    private let isStopped = Mutex(false)
    /// Askers on their way to the desk, where they will be counted.
    private let askersSent = Atomic(0)

    /// Starts the thread; nobody is asked anything yet.
    package init(_ configuration: ForwardingConfiguration, logger: Logger) {
        self.configuration = configuration
        let cache = SharedAnswerCache(limits: configuration.cache)
        let ledger = ForwardingLedger(limits: configuration.limits)
        self.cache = cache
        self.ledger = ledger
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let desk = NIOLoopBoundBox<QuestionDesk?>.makeEmptyBox(eventLoop: loop)
        self.desk = desk
        loop.execute {
            desk.value = QuestionDesk(
                configuration: configuration, cache: cache, ledger: ledger, on: loop,
                logger: logger)
        }
    }

    /// The answer, if it is known now; quick enough for an event loop.
    ///
    /// An answer past its time is given only while servers are known not to renew it; a failure
    /// that was just found out is given too.
    ///
    /// - Parameters:
    ///   - question: what is asked.
    ///   - isDNSSECOK: whether the asker wants signatures (DO).
    ///   - isCheckingDisabled: whether the asker checks signatures itself (CD).
    ///   - now: the present, which a caller may have at hand.
    /// - Returns: the answer, or nil if it is to be asked for with `resolve`.
    package func cached(
        _ question: Question, isDNSSECOK: Bool = false, isCheckingDisabled: Bool = false,
        now: NIODeadline = .now()
    ) -> ForwardedAnswer? {
        let question = UpstreamQuestion(
            question: question, isDNSSECOK: isDNSSECOK, isCheckingDisabled: isCheckingDisabled)
        switch cache.find(question, now: now) {
        case .fresh(let answer, let age):
            return ForwardedAnswer(answer, ageSeconds: age)
        case .stale(let answer, servesAtOnce: true):
            ledger.count { $0.staleAnswers += 1 }
            return ForwardedAnswer(
                stale: answer, timeToLive: configuration.cache.staleTimeToLive)
        case .stale, .nothing:
            return nil
        }
    }

    /// The answer, known or found out; never later than `ForwardingLimits.totalTimeout`.
    ///
    /// A cancelled task is told at once that it was; the question goes on if others wait for it.
    package func resolve(
        _ question: Question, isDNSSECOK: Bool = false, isCheckingDisabled: Bool = false
    ) async -> ForwardedAnswer {
        let question = UpstreamQuestion(
            question: question, isDNSSECOK: isDNSSECOK, isCheckingDisabled: isCheckingDisabled)
        let asker = Mutex<Asker?>(nil)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let new = Asker(question) { answer in continuation.resume(returning: answer) }
                asker.withLock { $0 = new }
                if Task.isCancelled { new.goAway() }
                send(new)
            }
        } onCancel: {
            guard let asker = asker.withLock({ $0 }) else { return }
            asker.goAway()
            _ = onLoop { desk in desk.leave(asker) }
        }
    }

    /// Calls `receive` once with the answer, on the caller's thread or on the forwarder's.
    ///
    /// For callers on an event loop; the call must not block.
    package func resolve(
        _ question: Question, isDNSSECOK: Bool = false, isCheckingDisabled: Bool = false,
        receive: @escaping @Sendable (ForwardedAnswer) -> Void
    ) {
        let question = UpstreamQuestion(
            question: question, isDNSSECOK: isDNSSECOK, isCheckingDisabled: isCheckingDisabled)
        send(Asker(question, receive: receive))
    }

    /// What has been done so far, and what is held.
    package func counters() -> ForwardingCounters {
        var counters = ledger.counters()
        let cached = cache.counts()
        counters.hits = cached.fresh
        counters.evictions = cached.evictions
        counters.cachedAnswers = cached.entries
        counters.cachedBytes = cached.bytes
        return counters
    }

    /// Tells all askers that it is over, closes all sockets and ends the thread.
    ///
    /// Further questions are answered from the cache, or with `ForwardingFailure.stopped`.
    package func shutdown() async {
        isStopped.withLock { isStopped in
            guard !isStopped else { return }
            isStopped = true
            desk.eventLoop.execute { [desk] in
                desk.value?.stop()
                desk.value = nil
            }
        }
        try? await group.shutdownGracefully()
    }

    private func send(_ asker: Asker) {
        // A thread that cannot keep up must not have ever more to do.
        let sent = askersSent.add(1, ordering: .relaxed).newValue
        guard sent <= configuration.limits.waitingAskers else {
            askersSent.subtract(1, ordering: .relaxed)
            return refuse(asker)
        }
        let isTaken = onLoop { [self] desk in
            askersSent.subtract(1, ordering: .relaxed)
            desk.ask(asker)
        }
        guard !isTaken else { return }
        askersSent.subtract(1, ordering: .relaxed)
        asker.report(ForwardedAnswer(failure: .stopped))
    }

    private func refuse(_ asker: Asker) {
        ledger.count { $0.overloaded += 1 }
        guard case .stale(let answer, _) = cache.find(asker.question, now: .now()) else {
            return asker.report(ForwardedAnswer(failure: .overloaded))
        }
        ledger.count { $0.staleAnswers += 1 }
        let timeToLive = configuration.cache.staleTimeToLive
        asker.report(ForwardedAnswer(stale: answer, timeToLive: timeToLive))
    }

    /// Has something done on the thread, in the order of calls; false once it has stopped.
    private func onLoop(_ work: @escaping @Sendable (QuestionDesk) -> Void) -> Bool {
        isStopped.withLock { isStopped in
            guard !isStopped else { return false }
            desk.eventLoop.execute { [desk] in
                guard let desk = desk.value else { return }
                work(desk)
            }
            return true
        }
    }
}

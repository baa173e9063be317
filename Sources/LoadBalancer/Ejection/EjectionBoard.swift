import Addressing
import FoundationEssentials
import HealthChecking
import Netfilter
import ServiceModel
import Synchronization

/// The targets of one port of a Service, of one family.
struct EjectionGroup: Hashable, Sendable {
    let service: ServiceIdentity
    let port: Port
    let family: IPFamily
}

/// Where what connections show is written, and what follows is read.
final class EjectionBoard: Sendable {
    /// A target that is ejected, for people and for the balancer's next run.
    struct View: Codable, Hashable, Sendable {
        let since: Date
        let until: Date
        let number: Int
    }

    /// What the next run has to know: the ejected targets.
    typealias Record = [String: View]

    /// What happened to a target.
    enum Turn: Hashable, Sendable {
        case ejected
        case returned
    }

    fileprivate struct State {
        typealias Ledger = EjectionLedger<EjectionGroup, SocketEndpoint>

        var ledger: Ledger
        var awaited: AwaitedReplies<SocketEndpoint>
        /// The groups that each Service has in the ledger.
        var groups: [ServiceIdentity: Set<EjectionGroup>] = [:]
    }

    /// Told whenever another target is ejected, or one no more.
    let recordChanges: AsyncStream<Void>
    private let recordChange: AsyncStream<Void>.Continuation
    private let state: Mutex<State>
    private let start: (instant: ContinuousClock.Instant, date: Date)
    private let metrics = EjectionMetrics()
    private let signal: AsyncStream<Void>.Continuation
    private let told: @Sendable (SocketEndpoint, Turn) -> Void

    /// - Parameters:
    ///   - policy: when and for how long.
    ///   - record: what the balancer's last run knew.
    ///   - signal: told whenever there is news.
    ///   - told: told what happens to a target.
    init(
        policy: EjectionPolicy, record: Record = [:], signal: AsyncStream<Void>.Continuation,
        told: @escaping @Sendable (SocketEndpoint, Turn) -> Void
    ) {
        start = (.now, .now)
        (recordChanges, recordChange) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state = Mutex(
            State(
                ledger: EjectionLedger(
                    policy: policy,
                    remembered: Self.ejections(record, at: start.date, policy)),
                awaited: AwaitedReplies(replyTime: policy.replyTime)))
        self.signal = signal
        self.told = told
    }

    private var now: Duration { ContinuousClock.now - start.instant }

    /// Whether any target is watched, so that connections have to be listened to.
    var isWatching: Bool { state.withLock { !$0.ledger.isEmpty } }

    /// What of a record still holds, by the time since then; no clock that was set makes an ejection
    /// longer than the policy does.
    private static func ejections(
        _ record: Record, at now: Date, _ policy: EjectionPolicy
    ) -> [SocketEndpoint: State.Ledger.Ejection] {
        record.reduce(into: [:]) { result, entry in
            guard let target = SocketEndpoint(entry.key), entry.value.until > now else { return }
            let left = Duration.seconds(entry.value.until.timeIntervalSince(now))
            result[target] = .init(
                since: min(.zero, .seconds(entry.value.since.timeIntervalSince(now))),
                until: min(left, policy.maximumTime), number: max(1, entry.value.number))
        }
    }

    /// The targets that get no new connections; those of Services yet to come are among them.
    var ejected: Set<SocketEndpoint> { Set(ejections.keys) }

    /// The same with what people want to know.
    var views: [SocketEndpoint: View] {
        ejections.mapValues { ejection in
            View(
                since: start.date + ejection.since / .seconds(1),
                until: start.date + ejection.until / .seconds(1), number: ejection.number)
        }
    }

    private var ejections: [SocketEndpoint: State.Ledger.Ejection] {
        state.withLock { $0.ledger.ejected.merging($0.ledger.remembered) { own, _ in own } }
    }

    /// What the next run has to know.
    var record: Record {
        Dictionary(uniqueKeysWithValues: views.map { ("\($0.key)", $0.value) })
    }

    /// Watches exactly these targets of a Service.
    func watch(_ service: ServiceIdentity, _ targets: [SocketEndpoint]) {
        let groups = Dictionary(grouping: targets) {
            EjectionGroup(service: service, port: $0.port, family: $0.address.family)
        }
        let now = now
        let gauge = state.withLock { state in
            state.ledger.forgetRemembered(before: now)
            for group in state.groups[service] ?? [] where groups[group] == nil {
                state.ledger.watch(group, [])
            }
            state.groups[service] = groups.isEmpty ? nil : Set(groups.keys)
            for (group, targets) in groups { state.ledger.watch(group, Set(targets)) }
            return state.ledger.ejected.count
        }
        metrics.ejected(gauge)
        recordChange.yield()
    }

    /// Takes what the kernel told, and lets time pass; nil if some of it was lost.
    func take(_ events: [FlowEvent]?) {
        let now = now
        var evidence = EjectionMetrics.Evidence()
        var turns: [(SocketEndpoint, Turn)] = []
        let count = state.withLock { state in
            if let events {
                for event in events { state.take(event, now, &evidence, &turns) }
            } else {
                state.awaited.forgetAll()
                state.ledger.forgetFailures()
                evidence.losses = 1
            }
            for target in state.awaited.overdue(at: now) {
                evidence.unanswered += 1
                if state.ledger.failed(target, at: now) { turns.append((target, .ejected)) }
            }
            turns += state.ledger.advance(to: now).map { ($0, .returned) }
            return state.ledger.ejected.count
        }
        metrics.met(evidence)
        tell(turns, count)
    }

    /// Takes note that a check that connects to this socket succeeded, and how long it took.
    func checkSucceeded(at socket: SocketEndpoint, took duration: Duration) {
        let begin = now - duration
        let (isBack, count) = state.withLock { state in
            (state.ledger.checkSucceeded(socket, begunAt: begin), state.ledger.ejected.count)
        }
        if isBack { tell([(socket, .returned)], count) }
    }

    /// Services with other ejected targets than when this was last asked.
    func takeChanged() -> Set<ServiceIdentity> {
        Set(state.withLock { $0.ledger.takeChanged() }.map(\.service))
    }

    private func tell(_ turns: [(SocketEndpoint, Turn)], _ count: Int) {
        guard !turns.isEmpty else { return }
        metrics.turned(turns.map(\.1), ejected: count)
        for (target, turn) in turns { told(target, turn) }
        signal.yield()
        recordChange.yield()
    }
}

extension EjectionBoard.State {
    /// A connection that ended without an answer was refused; one that somebody had deleted shows
    /// nothing.
    fileprivate mutating func take(
        _ event: FlowEvent, _ now: Duration, _ evidence: inout EjectionMetrics.Evidence,
        _ turns: inout [(SocketEndpoint, EjectionBoard.Turn)]
    ) {
        let flow = event.flow
        guard flow.transport == .tcp else { return }
        if event.kind == .began {
            guard flow.isUnanswered, flow.status.contains(.destinationNAT),
                let backend = flow.backend, ledger.watches(backend)
            else { return }
            awaited.began(flow.id, to: backend, at: now)
            return
        }
        let isAnswered = flow.status.contains(.seenReply)
        guard isAnswered || event.kind != .changed, let target = awaited.settled(flow.id) else {
            return
        }
        if isAnswered {
            evidence.answered += 1
            ledger.succeeded(target)
        } else if event.kind == .ended {
            evidence.refused += 1
            if ledger.failed(target, at: now) { turns.append((target, .ejected)) }
        }
    }
}

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
    /// A target that is ejected, for people.
    struct View: Hashable, Sendable {
        let since: Date
        let until: Date
        let number: Int
    }

    /// What happened to a target.
    enum Turn: Hashable, Sendable {
        case ejected
        case returned
    }

    fileprivate struct State {
        var ledger: EjectionLedger<EjectionGroup, SocketEndpoint>
        var awaited: AwaitedReplies<SocketEndpoint>
        /// The groups that each Service has in the ledger.
        var groups: [ServiceIdentity: Set<EjectionGroup>] = [:]
    }

    private let state: Mutex<State>
    private let start = (instant: ContinuousClock.now, date: Date.now)
    private let metrics = EjectionMetrics()
    private let signal: AsyncStream<Void>.Continuation
    private let told: @Sendable (SocketEndpoint, Turn) -> Void

    /// - Parameters:
    ///   - policy: when and for how long.
    ///   - signal: told whenever there is news.
    ///   - told: told what happens to a target.
    init(
        policy: EjectionPolicy, signal: AsyncStream<Void>.Continuation,
        told: @escaping @Sendable (SocketEndpoint, Turn) -> Void
    ) {
        state = Mutex(
            State(
                ledger: EjectionLedger(policy: policy),
                awaited: AwaitedReplies(replyTime: policy.replyTime)))
        self.signal = signal
        self.told = told
    }

    private var now: Duration { ContinuousClock.now - start.instant }

    /// Whether any target is watched, so that connections have to be listened to.
    var isWatching: Bool { state.withLock { !$0.ledger.isEmpty } }

    /// The targets that get no new connections.
    var ejected: Set<SocketEndpoint> { state.withLock { Set($0.ledger.ejected.keys) } }

    /// The same with what people want to know.
    var views: [SocketEndpoint: View] {
        state.withLock { $0.ledger.ejected }.mapValues { ejection in
            View(
                since: start.date + ejection.since / .seconds(1),
                until: start.date + ejection.until / .seconds(1), number: ejection.number)
        }
    }

    /// Watches exactly these targets of a Service.
    func watch(_ service: ServiceIdentity, _ targets: [SocketEndpoint]) {
        let groups = Dictionary(grouping: targets) {
            EjectionGroup(service: service, port: $0.port, family: $0.address.family)
        }
        let gauge = state.withLock { state in
            for group in state.groups[service] ?? [] where groups[group] == nil {
                state.ledger.watch(group, [])
            }
            state.groups[service] = groups.isEmpty ? nil : Set(groups.keys)
            for (group, targets) in groups { state.ledger.watch(group, Set(targets)) }
            return state.ledger.ejected.count
        }
        metrics.ejected(gauge)
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

import APIClient
import Admission
import KubeAPI
import Logging

/// Gives Services addresses of a pool, by writing `status.loadBalancer.ingress`.
///
/// The API holds the state: nothing is remembered here, so that a restart keeps every address, and
/// several balancers may do the same, because each write names the version that it was decided for.
actor IngressKeeper {
    /// Writes that wait for their answer at the same time.
    private static let writesAtOnce = 8
    /// Rounds in a row that others were quicker in, before it waits like after a failure.
    private static let conflictsBorne = 3

    /// How the writing is, for the status of the balancer.
    struct State: Hashable, Sendable {
        /// Services that have no address that they need, with the reason.
        var lacking: [ObjectKey: String] = [:]
        /// Why the API takes no status; nil if it does, as far as is known.
        var obstacle: String?
    }

    private(set) var state = State()
    private var ledger: IngressLedger
    private let hands: IngressHands
    private let news: IngressNews
    private var backoff: Backoff
    private var isListed = false
    private var conflicts = 0
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(
        _ policy: IngressPolicy, hands: IngressHands, news: IngressNews,
        backoff: Backoff = Backoff(first: .seconds(1), cap: .seconds(60))
    ) {
        ledger = IngressLedger(policy)
        self.hands = hands
        self.news = news
        self.backoff = backoff
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes what the API tells of Services.
    func take(_ change: ObjectChange<ServiceObject>) {
        switch change {
        case .listed(let objects, _):
            ledger.replace(objects)
            isListed = true
        case .upserted(let object): ledger.upsert(object)
        case .deleted(let object): ledger.delete(object.key)
        case .unreadable(let object): if let key = object.key { ledger.keep(key) }
        case .connected, .disconnected: return
        }
        for key in state.lacking.keys where !ledger.knows(key) { noteLack(nil, of: key) }
        signal.yield()
    }

    /// Writes what there is to write, until the task is cancelled.
    func run() async {
        for await _ in signals {
            // What others have is not known before the list: nothing is given out.
            while isListed, !Task.isCancelled {
                let keys = ledger.takeUndecided()
                guard !keys.isEmpty else {
                    noteWritable()
                    break
                }
                if await decide(keys) {
                    backoff.reset()
                } else {
                    var random = SystemRandomNumberGenerator()
                    try? await Task.sleep(for: backoff.next(using: &random))
                }
            }
        }
    }

    /// Decides about Services and writes; false if it had better be tried again later.
    private func decide(_ keys: [ObjectKey]) async -> Bool {
        var writes: [IngressWrite] = []
        for key in keys {
            switch ledger.decide(key) {
            case .nothing: noteLack(nil, of: key)
            case .refused(let error): noteLack(error.reasons, of: key)
            case .write(let write): writes.append(write)
            }
        }
        var hasFailed = false
        var hasWritten = writes.isEmpty
        var wasOvertaken = false
        await carryOut(writes) { write, outcome in
            switch outcome {
            case .written(let object):
                hasWritten = true
                noteWritten(write, object)
            case .overtaken(let object):
                wasOvertaken = true
                if let object { ledger.learn(object) }
            case .refused(let error):
                news.failed()
                noteLack("\(error)", of: write.key)
            case .failed(let error):
                hasFailed = true
                ledger.putBack(write.key)
                noteObstacle(error)
            }
        }
        if !hasFailed { noteWritable() }
        conflicts = wasOvertaken && !hasWritten ? conflicts + 1 : 0
        return !hasFailed && conflicts <= Self.conflictsBorne
    }

    /// Carries writes out, some at a time, in their order.
    private func carryOut(
        _ writes: [IngressWrite], _ note: (IngressWrite, IngressHands.Outcome) -> Void
    ) async {
        await withTaskGroup(of: (IngressWrite, IngressHands.Outcome).self) { [hands] group in
            var waiting = writes.makeIterator()
            func begin(_ write: IngressWrite?) {
                guard let write else { return }
                group.addTask { (write, await hands.attempt(write)) }
            }
            for _ in 0..<Self.writesAtOnce { begin(waiting.next()) }
            for await (write, outcome) in group {
                note(write, outcome)
                begin(waiting.next())
            }
        }
    }

    private func noteWritten(_ write: IngressWrite, _ object: ServiceObject) {
        ledger.learn(object)
        noteLack(nil, of: write.key)
        news.wrote(write)
    }

    private func noteLack(_ reason: String?, of key: ObjectKey) {
        guard state.lacking[key] != reason else { return }
        state.lacking[key] = reason
        news.lacks(reason, key, count: state.lacking.count)
    }

    private func noteObstacle(_ error: APIClientError) {
        let obstacle = IngressNews.text(of: error)
        if state.obstacle != obstacle { news.isNotWritable(obstacle) }
        news.failed()
        state.obstacle = obstacle
    }

    /// Nothing waits to be written any more: it was, by somebody, or need not be.
    private func noteWritable() {
        guard state.obstacle != nil else { return }
        news.isWritable()
        state.obstacle = nil
    }
}

extension AdmissionError {
    /// What the Service lacks, without its name.
    fileprivate var reasons: String { problems.map(\.description).joined(separator: ", ") }
}

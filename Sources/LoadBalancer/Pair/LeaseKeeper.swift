import APIClient
import FoundationEssentials
import KubeAPI
import LeaderElection
import Logging

/// Takes part in the election of a pair's holder, by a Lease in the API.
///
/// What follows from it is in a `LeaseTerm`, which ends by itself when nothing is heard.
actor LeaseKeeper {
    private let seat: LeaseSeat
    private let term: LeaseTerm
    private let client: APIClient
    private let desk: LeaseDesk
    private let isReady: @Sendable () async -> Bool
    private var metrics: LeaseMetrics
    private let logger: Logger
    /// What the election's times are counted from.
    private let origin = ContinuousClock.now
    private var election: LeaseElection
    private var news = LeaseNews()
    private var failure: String?

    /// Takes no part before `run`.
    ///
    /// - Parameters:
    ///   - seat: the Lease and this balancer's name.
    ///   - term: where it is kept for how long this balancer may act.
    ///   - target: the API.
    ///   - metrics: counts attempts.
    ///   - logger: where it is told who leads.
    ///   - isReady: whether this balancer could do a leader's work; asked while it does not.
    init(
        _ seat: LeaseSeat, term: LeaseTerm, target: APITarget, metrics: LeaseMetrics,
        logger: Logger, isReady: @escaping @Sendable () async -> Bool
    ) {
        self.seat = seat
        self.term = term
        self.isReady = isReady
        self.metrics = metrics
        self.logger = logger
        client = APIClient(target, limits: ClientLimits(of: seat.timing))
        desk = LeaseDesk(seat, client: client)
        election = LeaseElection(identity: seat.identity, timing: seat.timing)
    }

    /// Keeps or awaits the Lease until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            // A holder goes on in any case, and has no time to wait for an answer.
            if !election.isHeld(at: elapsed) { election.isReady = await isReady() }
            election.begin()
            await proceed()
            if failure == nil { term.decide() }
            // Never in step with another one for long.
            let pause = seat.timing.retryPeriod * Double.random(in: 0.9...1.1)
            try? await Task.sleep(for: pause)
        }
    }

    /// Gives the Lease up, after the addresses were withdrawn, so that the other one need not
    /// wait; ends the connections to the API.
    func stop(releasing: Bool) async {
        if releasing {
            term.set(nil)
            election.release()
            await proceed()
        }
        await client.shutdown()
    }

    /// Asks and is answered until there is nothing more to ask for now.
    private func proceed() async {
        while !Task.isCancelled,
            let request = election.nextRequest(at: elapsed, time: Self.wallTime)
        {
            let sent = elapsed
            let (answer, failure) = await desk.carryOut(request)
            election.take(answer, to: request, sentAt: sent, at: elapsed)
            self.failure = failure
            settle(request, answer)
        }
        settle()
    }

    private var elapsed: Duration { ContinuousClock.now - origin }

    private static var wallTime: String {
        MicroTime.text(
            microsecondsSince1970: UInt64(max(0, Date.now.timeIntervalSince1970) * 1_000_000))
    }

    /// Takes what the election has come to over to those who act by it.
    private func settle() {
        term.set(
            election.heldSince.map { LeaseTerm.Window(sentAt: origin + $0, seat.timing) })
        let standing = standing
        metrics.holds(standing.isHeld)
        // What a process that ends has cut off is no news.
        guard !Task.isCancelled else { return }
        for change in news.take(standing) { tell(change) }
    }

    private func settle(_ request: LeaseRequest, _ answer: LeaseAnswer) {
        if let record = request.record, record.holder == seat.identity {
            if case .written = answer { metrics.renewed() } else { metrics.failedToRenew() }
        }
        settle()
    }

    /// How it is with the Lease now.
    var standing: LeaseStanding {
        LeaseStanding(
            seat: seat, isHeld: election.isHeld(at: elapsed),
            record: election.record, hasNamesake: election.hasNamesake,
            sinceConfirmed: election.heldSince.map { elapsed - $0 }, failure: failure)
    }

    private func tell(_ change: LeaseNews.Change) {
        logger.log(
            level: change.level, "\(change.message)",
            metadata: ["lease": "\(seat.place)", "as": "\(seat.identity)"].merging(
                change.detail.map { ["detail": "\($0)"] } ?? [:]
            ) { own, _ in own })
    }
}

extension ClientLimits {
    /// For a Lease: three requests that are not answered end a term, not one.
    fileprivate init(of timing: LeaseTiming) {
        self.init()
        answerTimeout = max(timing.retryPeriod, timing.renewDeadline / 3)
        stallTimeout = answerTimeout
    }
}

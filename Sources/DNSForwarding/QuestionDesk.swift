import DNSMessage
import Logging
import NIOCore

/// Sees to questions that the cache does not answer: equal ones are asked once, and no more than
/// so many at once.
///
/// Belongs to its event loop.
final class QuestionDesk {
    private struct Asking {
        let run: QuestionRun
        var askers: [ObjectIdentifier: Asker] = [:]
        /// What is told if servers fail, or take too long.
        let stale: UpstreamAnswer?
        var staleTimer: Scheduled<Void>?
        /// Whether it goes on though nobody waits: all askers have a stale answer.
        var isRenewal = false
    }

    private let configuration: ForwardingConfiguration
    private let cache: SharedAnswerCache
    private let ledger: ForwardingLedger
    private let loop: any EventLoop
    private let logger: Logger
    private var askings: [UpstreamQuestion: Asking] = [:]
    private var askersWaiting = 0

    /// A desk at which nobody waits.
    init(
        configuration: ForwardingConfiguration, cache: SharedAnswerCache,
        ledger: ForwardingLedger, on loop: any EventLoop, logger: Logger
    ) {
        self.configuration = configuration
        self.cache = cache
        self.ledger = ledger
        self.loop = loop
        self.logger = logger
    }

    /// Gives the asker an answer, now or when there is one.
    func ask(_ asker: Asker) {
        guard !asker.isGone else { return asker.report(ForwardedAnswer(failure: .cancelled)) }
        let stale: UpstreamAnswer?
        switch cache.find(asker.question, now: .now()) {
        // It came while this asker was on the way here.
        case .fresh(let answer, let age):
            return asker.report(ForwardedAnswer(answer, ageSeconds: age))
        case .stale(let answer, servesAtOnce: true): return tell(asker, stale: answer)
        case .stale(let answer, servesAtOnce: false): stale = answer
        case .nothing: stale = nil
        }
        ledger.count { $0.misses += 1 }
        if askings[asker.question] != nil {
            join(asker)
        } else {
            begin(asker, stale: stale)
        }
    }

    /// Forgets an asker; a question for which nobody waits any more is not pursued.
    func leave(_ asker: Asker) {
        guard askings[asker.question]?.askers.removeValue(forKey: asker.id) != nil else { return }
        askersWaiting -= 1
        asker.report(ForwardedAnswer(failure: .cancelled))
        if let asking = askings[asker.question], asking.askers.isEmpty, !asking.isRenewal {
            asking.staleTimer?.cancel()
            asking.run.cancel()
            askings[asker.question] = nil
        }
        updateGauges()
    }

    /// Ends all questions, closes their sockets and tells all askers.
    func stop() {
        for (question, asking) in askings {
            asking.staleTimer?.cancel()
            asking.run.cancel()
            release(question) { $0.report(ForwardedAnswer(failure: .stopped)) }
        }
        askings = [:]
        updateGauges()
    }

    private func join(_ asker: Asker) {
        guard let asking = askings[asker.question] else { return }
        // The servers are slow or down: this asker need not wait as the first one did.
        if asking.isRenewal, let stale = asking.stale { return tell(asker, stale: stale) }
        guard askersWaiting < configuration.limits.waitingAskers else {
            return refuse(asker, stale: asking.stale)
        }
        ledger.count { $0.joined += 1 }
        wait(asker)
    }

    private func begin(_ asker: Asker, stale: UpstreamAnswer?) {
        let question = asker.question
        let servers = configuration.servers(for: question.question.name)
        guard !servers.isEmpty else {
            if let stale { return tell(asker, stale: stale) }
            return fail(asker, .noServers)
        }
        guard askings.count < configuration.limits.concurrentQuestions,
            askersWaiting < configuration.limits.waitingAskers
        else { return refuse(asker, stale: stale) }
        let run = QuestionRun(
            question, asking: servers, configuration: configuration, ledger: ledger, on: loop,
            logger: logger
        ) { [weak self] result in
            self?.finished(question, result)
        }
        askings[question] = Asking(run: run, stale: stale)
        if let stale, ledger.areAllDown(servers, now: .now()) {
            askings[question]?.isRenewal = true
            tell(asker, stale: stale)
        } else {
            wait(asker)
            if stale != nil { startStaleTimer(question) }
        }
        run.start()
        updateGauges()
    }

    private func wait(_ asker: Asker) {
        askings[asker.question]?.askers[asker.id] = asker
        askersWaiting += 1
        updateGauges()
    }

    private func startStaleTimer(_ question: UpstreamQuestion) {
        let delay = TimeAmount(configuration.limits.staleAnswerDelay)
        askings[question]?.staleTimer = loop.assumeIsolated().scheduleTask(in: delay) {
            [weak self] in
            guard let self, let stale = askings[question]?.stale else { return }
            askings[question]?.isRenewal = true
            release(question) { tell($0, stale: stale) }
            updateGauges()
        }
    }

    private func finished(
        _ question: UpstreamQuestion, _ result: Result<UpstreamAnswer, ForwardingFailure>
    ) {
        guard let asking = askings[question] else { return }
        asking.staleTimer?.cancel()
        switch result {
        case .success(let answer):
            cache.store(answer, for: question, now: .now())
            let told = ForwardedAnswer(answer, ageSeconds: 0)
            release(question) { $0.report(told) }
        case .failure(let failure):
            logger.debug(
                "question not answered",
                metadata: ["question": "\(question.question)", "reason": "\(failure)"])
            if failure.isWorthRemembering {
                cache.storeFailure(failure, for: question, now: .now())
            }
            release(question) { asker in
                if let stale = asking.stale {
                    tell(asker, stale: stale)
                } else {
                    fail(asker, failure)
                }
            }
        }
        askings[question] = nil
        updateGauges()
    }

    /// Lets all askers of a question go, each with what `tell` tells it.
    private func release(_ question: UpstreamQuestion, _ tell: (Asker) -> Void) {
        guard let askers = askings[question]?.askers.values else { return }
        askings[question]?.askers = [:]
        askersWaiting -= askers.count
        for asker in askers { tell(asker) }
    }

    private func refuse(_ asker: Asker, stale: UpstreamAnswer?) {
        ledger.count { $0.overloaded += 1 }
        if let stale { return tell(asker, stale: stale) }
        asker.report(ForwardedAnswer(failure: .overloaded))
    }

    private func tell(_ asker: Asker, stale: UpstreamAnswer) {
        ledger.count { $0.staleAnswers += 1 }
        let timeToLive = configuration.cache.staleTimeToLive
        asker.report(ForwardedAnswer(stale: stale, timeToLive: timeToLive))
    }

    private func fail(_ asker: Asker, _ failure: ForwardingFailure) {
        ledger.count { $0.failures += 1 }
        asker.report(ForwardedAnswer(failure: failure))
    }

    private func updateGauges() {
        ledger.count { counters in
            counters.questionsInFlight = askings.count
            counters.askersWaiting = askersWaiting
        }
    }
}

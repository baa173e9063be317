import Addressing
import HealthChecking
import NIOCore

/// Makes every check again and again, each at its own pace.
///
/// Belongs to its event loop. Has one timer of the loop for all that it waits for: the loop looks
/// through all its timers to cancel one.
final class CheckSchedule {
    /// A check and how it stands.
    private final class Entry {
        let check: HealthCheck
        let address: SocketAddress
        var run: CheckRun?
        /// How many runs there were, by which the end of one's time is told from that of others.
        var runCount = 0
        /// True once the check is made no more.
        var hasStopped = false

        init(_ check: HealthCheck, at address: SocketAddress) {
            self.check = check
            self.address = address
        }
    }

    /// What a moment is waited for.
    private enum Event {
        /// The check is to be made again.
        case turn(Entry)
        /// The time of this run of it is over.
        case end(Entry, run: Int, due: NIODeadline)
    }

    private let loop: any EventLoop
    private let maximumConcurrentChecks: Int
    private let tools: CheckTools
    private let report: (HealthCheck, CheckOutcome) -> Duration?
    private var random = SystemRandomNumberGenerator()
    private var entries: [HealthCheck: Entry] = [:]
    private var runningCount = 0
    /// Checks whose time has come while too many others were under way.
    private var waiting = CircularBuffer<Entry>()
    private var isMakingWaiting = false
    private var wheel: TimerWheel<Event>
    private var look: (timer: Scheduled<Void>, at: NIODeadline)?

    /// - Parameters:
    ///   - loop: where checks are made.
    ///   - maximumConcurrentChecks: how many connections may be open at the same time.
    ///   - tools: what some kinds of checks are made with.
    ///   - report: called on the event loop with each outcome; says how long to wait until the
    ///     next, from the start of one to that of the other.
    init(
        loop: any EventLoop, maximumConcurrentChecks: Int, tools: CheckTools,
        report: @escaping (HealthCheck, CheckOutcome) -> Duration?
    ) {
        precondition(maximumConcurrentChecks > 0, "no check would ever be made")
        self.loop = loop
        self.tools = tools
        self.maximumConcurrentChecks = maximumConcurrentChecks
        self.report = report
        wheel = TimerWheel(at: NIODeadline.now().inNanoseconds)
    }

    /// Makes the check at once, and from then on at its policy's pace.
    func start(_ check: HealthCheck) {
        guard entries[check] == nil else { return }
        do {
            let address = try SocketAddress(
                ipAddress: check.socket.address.description, port: Int(check.socket.port.rawValue))
            let entry = Entry(check, at: address)
            entries[check] = entry
            makeSoon(entry)
        } catch {
            _ = report(check, CheckOutcome(failure: .notMade("\(error)"), duration: .zero))
        }
    }

    /// Makes the check no more.
    func stop(_ check: HealthCheck) {
        guard let entry = entries.removeValue(forKey: check) else { return }
        entry.hasStopped = true
        guard let run = entry.run else { return }
        entry.run = nil
        run.cancel()
        runningCount -= 1
        makeWaiting()
    }

    /// Makes no check any more.
    func stopAll() {
        waiting.removeAll()
        for check in Array(entries.keys) { stop(check) }
        look?.timer.cancel()
        look = nil
    }

    /// The time from the start of one check to the start of the next: the interval, give or take
    /// a tenth, so that checks which began together drift apart.
    static func pause(
        _ interval: Duration, using random: inout some RandomNumberGenerator
    ) -> Duration {
        interval * Double.random(in: 0.9...1.1, using: &random)
    }

    private func makeSoon(_ entry: Entry) {
        waiting.append(entry)
        makeWaiting()
    }

    private func makeWaiting() {
        // A check that is over at once calls back from inside the loop below, which goes on anyway.
        guard !isMakingWaiting else { return }
        isMakingWaiting = true
        defer { isMakingWaiting = false }
        while runningCount < maximumConcurrentChecks, let entry = waiting.popFirst() {
            guard !entry.hasStopped else { continue }
            make(entry)
        }
    }

    private func make(_ entry: Entry) {
        let begin = NIODeadline.now()
        let timeout = TimeAmount(entry.check.policy.timeout)
        let run = CheckRun(entry.check, on: loop, tools: tools) { [weak self] outcome in
            self?.finished(entry, begin, outcome)
        }
        runningCount += 1
        entry.run = run
        entry.runCount += 1
        awaitEnd(of: entry, at: begin + timeout)
        run.start(at: entry.address, timeout: timeout)
    }

    private func finished(_ entry: Entry, _ begin: NIODeadline, _ outcome: CheckOutcome) {
        runningCount -= 1
        entry.run = nil
        let interval = report(entry.check, outcome) ?? entry.check.policy.interval
        wait(for: .turn(entry), at: begin + TimeAmount(Self.pause(interval, using: &random)))
        makeWaiting()
    }

    private func awaitEnd(of entry: Entry, at due: NIODeadline) {
        wait(for: .end(entry, run: entry.runCount, due: due), at: due)
    }

    private func wait(for event: Event, at due: NIODeadline) {
        wheel.insert(event, at: due.inNanoseconds)
        if let look, look.at <= due { return }
        lookAgain()
    }

    /// Sets the timer to when there is something to look at.
    private func lookAgain() {
        look?.timer.cancel()
        look = nil
        guard let next = wheel.nextLook else { return }
        let due = NIODeadline.uptimeNanoseconds(UInt64(next))
        // A timer that is due at the moment it is cancelled runs all the same.
        let timer = loop.assumeIsolated().scheduleTask(deadline: due) {
            [weak self] () -> Void in self?.lookNow()
        }
        look = (timer, due)
    }

    private func lookNow() {
        // An answer that has come counts, even if nobody has looked at it.
        tools.connections.look()
        for event in wheel.takeDue(at: NIODeadline.now().inNanoseconds) {
            switch event {
            case .turn(let entry):
                if !entry.hasStopped { makeSoon(entry) }
            case .end(let entry, let number, let due):
                guard let run = entry.run, entry.runCount == number else { continue }
                let timeout = TimeAmount(entry.check.policy.timeout)
                let now = NIODeadline.now()
                if !run.timeIsOver(after: timeout, late: now - due) {
                    awaitEnd(of: entry, at: now + timeout)
                }
            }
        }
        lookAgain()
    }
}

extension NIODeadline {
    /// The time as a `TimerWheel` takes it.
    fileprivate var inNanoseconds: Int64 { Int64(uptimeNanoseconds) }
}

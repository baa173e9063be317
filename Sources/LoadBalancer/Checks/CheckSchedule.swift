import Addressing
import HealthChecking
import NIOCore

/// Makes every check again and again, each at its own pace.
///
/// Belongs to its event loop.
final class CheckSchedule {
    private struct Entry {
        /// Tells the entry from an earlier one of the same check.
        let number: Int
        let address: SocketAddress
        var timer: Scheduled<Void>?
        var run: CheckRun?
    }

    private let loop: any EventLoop
    private let maximumConcurrentChecks: Int
    private let tools: CheckTools
    private let report: (HealthCheck, CheckOutcome) -> Duration?
    private var random = SystemRandomNumberGenerator()
    private var entries: [HealthCheck: Entry] = [:]
    private var lastNumber = 0
    private var runningCount = 0
    /// Checks whose time has come while too many others were under way.
    private var waiting = CircularBuffer<(check: HealthCheck, number: Int)>()
    private var isMakingWaiting = false

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
    }

    /// Makes the check at once, and from then on at its policy's pace.
    func start(_ check: HealthCheck) {
        guard entries[check] == nil else { return }
        do {
            let address = try SocketAddress(
                ipAddress: check.socket.address.description, port: Int(check.socket.port.rawValue))
            lastNumber += 1
            entries[check] = Entry(number: lastNumber, address: address)
            makeSoon(check, lastNumber)
        } catch {
            _ = report(check, CheckOutcome(failure: .notMade("\(error)"), duration: .zero))
        }
    }

    /// Makes the check no more.
    func stop(_ check: HealthCheck) {
        guard let entry = entries.removeValue(forKey: check) else { return }
        entry.timer?.cancel()
        guard let run = entry.run else { return }
        run.cancel()
        runningCount -= 1
        makeWaiting()
    }

    /// Makes no check any more.
    func stopAll() {
        waiting.removeAll()
        for check in Array(entries.keys) { stop(check) }
    }

    /// The time from the start of one check to the start of the next: the interval, give or take
    /// a tenth, so that checks which began together drift apart.
    static func pause(
        _ interval: Duration, using random: inout some RandomNumberGenerator
    ) -> Duration {
        interval * Double.random(in: 0.9...1.1, using: &random)
    }

    private func makeSoon(_ check: HealthCheck, _ number: Int) {
        waiting.append((check, number))
        makeWaiting()
    }

    private func makeWaiting() {
        // A check that is over at once calls back from inside the loop below, which goes on anyway.
        guard !isMakingWaiting else { return }
        isMakingWaiting = true
        defer { isMakingWaiting = false }
        while runningCount < maximumConcurrentChecks, let (check, number) = waiting.popFirst() {
            guard let entry = entries[check], entry.number == number else { continue }
            let begin = NIODeadline.now()
            let run = CheckRun(check, on: loop, tools: tools) { [weak self] outcome in
                self?.finished(check, number, begin, outcome)
            }
            runningCount += 1
            entries[check]?.run = run
            run.start(at: entry.address, timeout: TimeAmount(check.policy.timeout))
        }
    }

    private func finished(
        _ check: HealthCheck, _ number: Int, _ begin: NIODeadline, _ outcome: CheckOutcome
    ) {
        runningCount -= 1
        entries[check]?.run = nil
        let interval = report(check, outcome) ?? check.policy.interval
        let next = begin + TimeAmount(Self.pause(interval, using: &random))
        // A timer that is due at the moment it is cancelled runs all the same.
        entries[check]?.timer = loop.assumeIsolated().scheduleTask(deadline: next) {
            [weak self] in self?.makeSoon(check, number)
        }
        makeWaiting()
    }
}

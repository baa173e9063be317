import LeaderElection
import Support

/// Candidates with clocks of their own, and a keeper of the Lease whom messages reach late or
/// never, who forgets, and who answers into the void.
struct ElectionWorld {
    /// How bad the world is, in percent of requests or of attempts.
    struct Weather {
        var lost = 10
        var late = 5
        var stalls = 3
        var crashes = 1
        var releases = 1
        var forgets = 1
        var unready = 20
    }

    private struct Candidate {
        var election: LeaseElection
        let clockOffset: Duration
        let clockRate: Double
        /// Counts its processes: what was meant for an earlier one is nobody's.
        var process = 0
        var stalledUntil = Duration.zero
        var waitingFor: Int?

        func clock(at time: Duration) -> Duration { clockOffset + time * clockRate }
    }

    private enum Step {
        case attempt
        case arrival(LeaseRequest, id: Int, sent: Duration)
        case answer(LeaseAnswer, LeaseRequest, id: Int, sent: Duration)
    }

    private struct Event {
        let time: Duration
        let candidate: Int
        let process: Int
        let step: Step
    }

    private static let requestTimeout = Duration.seconds(1)

    let timing: LeaseTiming
    private let weather: Weather
    private var random: SplitMix
    private var candidates: [Candidate] = []
    private var events: [Event] = []
    private var stored: (record: LeaseRecord, version: Int)?
    private var lastVersion = 0
    private var lastID = 0
    private(set) var now = Duration.zero
    /// How often it was seen that somebody holds the Lease who was not the last to.
    private(set) var handovers = 0
    private var lastHolder: Int?
    /// Who ended for good.
    var gone: Set<Int> = []

    init(candidates count: Int, timing: LeaseTiming, weather: Weather, seed: UInt64) {
        self.timing = timing
        self.weather = weather
        random = SplitMix(seed: seed)
        for index in 0..<count {
            candidates.append(
                Candidate(
                    election: LeaseElection(identity: "balancer\(index)", timing: timing),
                    clockOffset: .seconds(Int.random(in: 0...1_000_000, using: &random)),
                    clockRate: Double.random(in: 0.95...1.05, using: &random)))
            schedule(.attempt, for: index, after: .milliseconds(index * 130))
        }
    }

    /// Who believes to hold the Lease now; who is gone believes nothing.
    var holders: [Int] {
        candidates.indices.filter { index in
            let candidate = candidates[index]
            return !gone.contains(index)
                && candidate.election.isHeld(at: candidate.clock(at: now))
        }
    }

    /// What a candidate knows.
    func election(of candidate: Int) -> LeaseElection { candidates[candidate].election }

    /// Has a candidate give up the Lease and take part no more.
    mutating func end(_ candidate: Int) {
        candidates[candidate].election.release()
        proceed(candidate)
    }

    /// Lets the next thing happen.
    mutating func step() {
        guard let index = events.indices.min(by: { events[$0].time < events[$1].time }) else {
            return
        }
        let event = events.remove(at: index)
        now = max(now, event.time)
        happen(event)
        guard let holder = holders.first, holder != lastHolder else { return }
        handovers += 1
        lastHolder = holder
    }

    private mutating func happen(_ event: Event) {
        let index = event.candidate
        if case .arrival(let request, let id, let sent) = event.step {
            let answer = serve(request)
            guard !random.chance(weather.lost) else { return }
            schedule(.answer(answer, request, id: id, sent: sent), for: index, after: delay())
            return
        }
        guard event.process == candidates[index].process, !gone.contains(index) else { return }
        let stall = candidates[index].stalledUntil
        if now < stall {
            schedule(event.step, for: index, after: stall - now)
            return
        }
        switch event.step {
        case .attempt: attempt(index)
        case .answer(let answer, let request, let id, let sent):
            guard candidates[index].waitingFor == id else { return }
            candidates[index].waitingFor = nil
            let clock = candidates[index].clock(at: now)
            candidates[index].election.take(answer, to: request, sentAt: sent, at: clock)
            proceed(index)
        case .arrival: break
        }
    }

    private mutating func attempt(_ index: Int) {
        if random.chance(weather.forgets) { stored = nil }
        if random.chance(weather.stalls) {
            candidates[index].stalledUntil =
                now + .milliseconds(Int.random(in: 0...12_000, using: &random))
        }
        if random.chance(weather.crashes) { restart(index) }
        if random.chance(weather.releases) {
            // One that is asked to stop says so, and another process takes its place.
            candidates[index].election.release()
            let clock = candidates[index].clock(at: now)
            if let request = candidates[index].election.nextRequest(at: clock, time: "\(now)") {
                send(request, from: index)
            }
            restart(index)
        }
        candidates[index].election.isReady = !random.chance(weather.unready)
        candidates[index].election.begin()
        proceed(index)
    }

    private mutating func restart(_ index: Int) {
        let name = candidates[index].election.identity
        candidates[index].election = LeaseElection(identity: name, timing: timing)
        candidates[index].process += 1
        candidates[index].waitingFor = nil
    }

    /// Sends what is due, or waits for the next attempt.
    private mutating func proceed(_ index: Int) {
        let clock = candidates[index].clock(at: now)
        guard let request = candidates[index].election.nextRequest(at: clock, time: "\(now)") else {
            schedule(.attempt, for: index, after: timing.retryPeriod)
            return
        }
        send(request, from: index)
    }

    private mutating func send(_ request: LeaseRequest, from index: Int) {
        lastID += 1
        let id = lastID
        let sent = candidates[index].clock(at: now)
        candidates[index].waitingFor = id
        if !random.chance(weather.lost) {
            schedule(.arrival(request, id: id, sent: sent), for: index, after: delay())
        }
        schedule(
            .answer(.failed, request, id: id, sent: sent), for: index, after: Self.requestTimeout)
    }

    private mutating func schedule(_ step: Step, for index: Int, after delay: Duration) {
        events.append(
            Event(
                time: now + delay, candidate: index, process: candidates[index].process, step: step)
        )
    }

    /// What the keeper says, who compares versions and knows no time.
    private mutating func serve(_ request: LeaseRequest) -> LeaseAnswer {
        switch request {
        case .read:
            guard let stored else { return .absent }
            return .found(stored.record, version: "\(stored.version)")
        case .create(let record): return stored == nil ? store(record) : .conflict
        case .update(let record, let version):
            guard let stored else { return .absent }
            return "\(stored.version)" == version ? store(record) : .conflict
        }
    }

    private mutating func store(_ record: LeaseRecord) -> LeaseAnswer {
        lastVersion += 1
        stored = (record, lastVersion)
        return .written(version: "\(lastVersion)")
    }

    private mutating func delay() -> Duration {
        let longest = random.chance(weather.late) ? 9_000 : 40
        return .milliseconds(Int.random(in: 1...longest, using: &random))
    }
}

/// Which of several candidates may act: one candidate's part in it, as a state machine that says
/// what to ask of the Lease next and is told what came of it.
///
/// ```
///   candidate ── the Lease is free, or has not changed for its duration ──▶ writes its name
///       ▲                                                                       │ confirmed
///       │            somebody else's name, or no confirmation until             ▼
///       └──────────── `renewDeadline` after the last one was sent ─────────── holder
/// ```
///
/// Times are durations since any one moment of this candidate's clock; clocks are never compared.
/// No two candidates believe to be the holder, because each write names the version that it
/// replaces, others count the duration from when they *saw* the last write, and the holder counts
/// its shorter deadline from when it *sent* it. A Lease that is not there (an API server that has
/// forgotten it, or somebody who deleted it) may have a holder that does not know it yet: it is
/// made without a name first, and taken when that has stood for the duration.
package struct LeaseElection: Sendable {
    /// Requests of one attempt; each further one is due to somebody else's write in between.
    private static let requestsAtOnce = 4
    /// Writes without an answer that are remembered; a read tells which of them was done.
    private static let timesKept = 64
    /// Kubernetes counts in 32 bits.
    private static let mostTransitions = Int(Int32.max)

    /// The Lease as it was seen last, and since when it is so, as far as was seen.
    private struct Sight {
        let record: LeaseRecord
        let version: String
        let since: Duration
    }

    /// This candidate's name.
    package let identity: String
    /// How long a Lease is valid, and how often it is written.
    package let timing: LeaseTiming
    /// Whether this candidate could do a holder's work; one that could not lets others go first.
    package var isReady = true
    /// When the write that was confirmed last was sent; nil: this candidate holds nothing.
    package private(set) var heldSince: Duration?
    /// Whether somebody else writes the Lease under this candidate's name.
    package private(set) var hasNamesake = false

    private var sight: Sight?
    /// Whether the Lease may still be as it was seen.
    private var isCurrent = false
    private var isAbsent = false
    private var isReleasing = false
    private var isDone = false
    private var requestsLeft = 0
    /// The times that this candidate's own writes bear, of which only the last can be in force.
    private var ownTimes: [String] = []
    private var lastOwn: LeaseRecord?

    /// Takes part under a name that no other candidate has.
    package init(identity: String, timing: LeaseTiming) {
        self.identity = identity
        self.timing = timing
    }

    /// Whether this candidate may act.
    package func isHeld(at now: Duration) -> Bool {
        heldSince.map { now < $0 + timing.renewDeadline } ?? false
    }

    /// What the Lease said when it was seen last.
    package var record: LeaseRecord? { sight?.record }

    /// Begins an attempt; one is due after each `retryPeriod`.
    package mutating func begin() {
        requestsLeft = Self.requestsAtOnce
        isDone = false
        isAbsent = false
        // The holder writes upon what it wrote; others look first.
        if lastOwn == nil || sight?.record != lastOwn { isCurrent = false }
    }

    /// Gives the Lease up; attempts from now on only tell others so.
    package mutating func release() {
        isReleasing = true
        heldSince = nil
        requestsLeft = Self.requestsAtOnce
        isDone = lastOwn == nil
    }

    /// What to ask next in this attempt; nil: nothing more.
    ///
    /// - Parameters:
    ///   - now: the time by this candidate's clock.
    ///   - time: the time for people, as the Lease would bear it; another one for each request.
    /// - Returns: what to ask.
    package mutating func nextRequest(at now: Duration, time: String) -> LeaseRequest? {
        guard !isDone, requestsLeft > 0 else { return nil }
        requestsLeft -= 1
        if isAbsent { return isReleasing ? nil : .create(remembered(made(at: now, time))) }
        guard isCurrent, let sight else { return .read }
        if isReleasing {
            guard isOwn(sight.record) else { return nil }
            return .update(remembered(released(sight.record, time)), version: sight.version)
        }
        guard mayWrite(sight, at: now) else { return nil }
        return .update(remembered(taken(sight.record, time)), version: sight.version)
    }

    /// Takes an answer.
    ///
    /// - Parameters:
    ///   - answer: what came of the request.
    ///   - request: the last one.
    ///   - sent: when it was sent, or any time before that.
    ///   - now: when the answer came.
    package mutating func take(
        _ answer: LeaseAnswer, to request: LeaseRequest, sentAt sent: Duration, at now: Duration
    ) {
        isAbsent = answer == .absent
        switch answer {
        case .found(let record, let version):
            if sight == nil, record.holder == identity { adopt(record) }
            if sight?.version != version || sight?.record != record {
                sight = Sight(record: record, version: version, since: now)
            }
            isCurrent = true
            hasNamesake = record.holder == identity && !isOwn(record)
            // A Lease without a name is what others made of one that was lost.
            if !isOwn(record), !record.isUnclaimed { heldSince = nil }
        case .written(let version):
            guard let record = request.record else { return }
            sight = Sight(record: record, version: version, since: now)
            isCurrent = true
            // One without a name is read again, as others would do.
            isDone = true
            guard record.holder == identity else { return }
            lastOwn = record
            ownTimes = [record.renewTime]
            hasNamesake = false
            if !isReleasing { heldSince = max(heldSince ?? sent, sent) }
        case .absent, .conflict: isCurrent = false
        case .failed:
            isCurrent = false
            isDone = true
        }
    }
}

extension LeaseElection {
    /// Whether this process wrote it, or the one before it.
    private func isOwn(_ record: LeaseRecord) -> Bool {
        record.holder == identity && ownTimes.contains(record.renewTime)
    }

    /// Takes what bears this name at the first look for the work of an earlier process.
    private mutating func adopt(_ record: LeaseRecord) {
        ownTimes = [record.renewTime]
        lastOwn = record
    }

    private func mayWrite(_ sight: Sight, at now: Duration) -> Bool {
        let record = sight.record
        if isOwn(record) || (record.isUnclaimed && isHeld(at: now)) { return true }
        var patience = Duration.zero
        if !record.holder.isEmpty || record.isUnclaimed {
            patience = .seconds(max(1, record.durationSeconds))
        }
        if !isReady { patience += timing.duration }
        return now - sight.since >= patience
    }

    private func made(at now: Duration, _ time: String) -> LeaseRecord {
        guard isHeld(at: now), var record = lastOwn else {
            return LeaseRecord(
                holder: "", durationSeconds: timing.durationSeconds, acquireTime: "",
                renewTime: "", transitions: lastOwn?.transitions ?? 0)
        }
        record.renewTime = time
        return record
    }

    private func taken(_ record: LeaseRecord, _ time: String) -> LeaseRecord {
        let isRenewal = isOwn(record)
        let isFirst = record.isUnclaimed
        return LeaseRecord(
            holder: identity, durationSeconds: timing.durationSeconds,
            acquireTime: isRenewal ? record.acquireTime : time, renewTime: time,
            transitions: isRenewal || isFirst
                ? record.transitions : min(record.transitions, Self.mostTransitions - 1) + 1)
    }

    private func released(_ record: LeaseRecord, _ time: String) -> LeaseRecord {
        LeaseRecord(
            holder: "", durationSeconds: 1, acquireTime: time, renewTime: time,
            transitions: record.transitions)
    }

    /// Notes that a record may be written from now on, whatever is heard of it.
    private mutating func remembered(_ record: LeaseRecord) -> LeaseRecord {
        if record.holder == identity {
            ownTimes.append(record.renewTime)
            if ownTimes.count > Self.timesKept { ownTimes.removeFirst() }
        }
        return record
    }
}

extension LeaseRecord {
    /// Whether nobody has held it yet; a holder that gave it up has left the time of that.
    var isUnclaimed: Bool { holder.isEmpty && renewTime.isEmpty }
}

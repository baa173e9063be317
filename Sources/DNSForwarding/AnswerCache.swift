import NIOCore

/// Answers by question, the ones least recently asked for leaving when there are too many.
///
/// A value that knows no clock; `SharedAnswerCache` shares it between threads.
struct AnswerCache {
    /// What is known of a question.
    enum Finding {
        /// Nothing.
        case nothing
        /// An answer that may be given.
        case fresh(UpstreamAnswer, ageSeconds: UInt32)
        /// An answer past its time, to be given if servers do not renew it; at once if they
        /// just failed to.
        case stale(UpstreamAnswer, servesAtOnce: Bool)
    }

    private struct Entry {
        var question: UpstreamQuestion
        var answer: UpstreamAnswer
        var byteCount: Int
        var storedAt: NIODeadline
        var freshUntil: NIODeadline
        var keptUntil: NIODeadline
        /// Until then servers are not asked to renew it.
        var askedAgainAfter: NIODeadline
        /// The entries used just before and just after this one, in the order of use.
        var newer: Int
        var older: Int
    }

    private static let none = -1

    private let limits: CacheLimits
    private var places: [UpstreamQuestion: Int] = [:]
    private var entries: [Entry?] = []
    private var freePlaces: [Int] = []
    private var newest = none
    private var oldest = none
    /// How many bytes the answers take, by estimate.
    private(set) var byteCount = 0
    /// How many answers left for want of room.
    private(set) var evictions: UInt64 = 0

    /// An empty cache.
    init(limits: CacheLimits) {
        self.limits = limits
    }

    /// How many answers there are, stale ones and failures included.
    var count: Int { places.count }

    /// What is known of a question, which thereby becomes the one used last.
    mutating func find(_ question: UpstreamQuestion, now: NIODeadline) -> Finding {
        guard let place = places[question], let entry = entries[place] else { return .nothing }
        guard now < entry.keptUntil else {
            remove(place)
            return .nothing
        }
        use(place)
        guard now < entry.freshUntil else {
            return .stale(entry.answer, servesAtOnce: now < entry.askedAgainAfter)
        }
        let age = (now - entry.storedAt).nanoseconds / 1_000_000_000
        return .fresh(entry.answer, ageSeconds: UInt32(clamping: age))
    }

    /// Keeps an answer in the place of an earlier one, if it may be kept.
    mutating func store(
        _ answer: UpstreamAnswer, for question: UpstreamQuestion, now: NIODeadline
    ) {
        if let place = places[question] { remove(place) }
        guard answer.freshSeconds > 0 else { return }
        let byteCount = answer.byteCount + question.byteCount
        guard limits.entries > 0, byteCount <= limits.bytes else { return }
        let freshUntil = now + .seconds(Int64(answer.freshSeconds))
        let staleSeconds = answer.failure == nil ? Int64(limits.staleSeconds) : 0
        let entry = Entry(
            question: question, answer: answer, byteCount: byteCount, storedAt: now,
            freshUntil: freshUntil, keptUntil: freshUntil + .seconds(staleSeconds),
            askedAgainAfter: now, newer: Self.none, older: Self.none)
        add(entry)
        while places.count > limits.entries || self.byteCount > limits.bytes {
            remove(oldest)
            evictions += 1
        }
    }

    /// Remembers that servers could not be asked: an answer past its time goes on being given for
    /// a while, and where there is none, the failure is.
    mutating func storeFailure(
        _ failure: ForwardingFailure, for question: UpstreamQuestion, now: NIODeadline
    ) {
        if let place = places[question], let entry = entries[place], now < entry.keptUntil,
            entry.answer.failure == nil
        {
            entries[place]?.askedAgainAfter = now + .seconds(Int64(limits.staleRecheckSeconds))
        } else {
            let answer = UpstreamAnswer.failed(failure, freshSeconds: limits.failureSeconds)
            store(answer, for: question, now: now)
        }
    }

    private mutating func add(_ entry: Entry) {
        let place: Int
        if let free = freePlaces.popLast() {
            place = free
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
        }
        places[entry.question] = place
        byteCount += entry.byteCount
        linkAsNewest(place)
    }

    private mutating func remove(_ place: Int) {
        guard let entry = entries[place] else { return }
        unlink(place)
        places[entry.question] = nil
        byteCount -= entry.byteCount
        entries[place] = nil
        freePlaces.append(place)
    }

    private mutating func use(_ place: Int) {
        guard newest != place else { return }
        unlink(place)
        linkAsNewest(place)
    }

    private mutating func linkAsNewest(_ place: Int) {
        entries[place]?.newer = Self.none
        entries[place]?.older = newest
        if newest != Self.none { entries[newest]?.newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        guard let newer = entries[place]?.newer, let older = entries[place]?.older else { return }
        if newer != Self.none { entries[newer]?.older = older } else { newest = older }
        if older != Self.none { entries[older]?.newer = newer } else { oldest = newer }
    }
}

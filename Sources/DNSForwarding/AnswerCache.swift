import NIOCore

/// Answers by question, the ones least recently asked for leaving when there are too many.
///
/// Answers without records take no more than half of the places from those with records: whoever
/// asks for thousands of names that do not exist must not empty the cache.
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

        /// Whether it has no records; those with and those without are in orders of their own.
        var isNegative: Bool { answer.answers.isEmpty }
    }

    private let limits: CacheLimits
    private var places: [UpstreamQuestion: Int] = [:]
    private var entries: [Entry?] = []
    private var freePlaces: [Int] = []
    private var neighbours: [UseOrder.Neighbours] = []
    private var positive = UseOrder()
    private var negative = UseOrder()
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
        if entry.isNegative {
            negative.use(place, in: &neighbours)
        } else {
            positive.use(place, in: &neighbours)
        }
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
            askedAgainAfter: now)
        add(entry)
        while places.count > limits.entries || self.byteCount > limits.bytes {
            evict(inFavourOfNegative: entry.isNegative)
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

    /// Removes the answer used longest ago, of the kind that takes more than its half.
    private mutating func evict(inFavourOfNegative: Bool) {
        let isNegative =
            negative.count == positive.count
            ? !inFavourOfNegative : negative.count > positive.count
        remove(isNegative ? negative.oldest : positive.oldest)
        evictions += 1
    }

    private mutating func add(_ entry: Entry) {
        let place: Int
        if let free = freePlaces.popLast() {
            place = free
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
            neighbours.append(UseOrder.Neighbours())
        }
        places[entry.question] = place
        byteCount += entry.byteCount
        if entry.isNegative {
            negative.append(place, in: &neighbours)
        } else {
            positive.append(place, in: &neighbours)
        }
    }

    private mutating func remove(_ place: Int) {
        guard let entry = entries[place] else { return }
        if entry.isNegative {
            negative.remove(place, in: &neighbours)
        } else {
            positive.remove(place, in: &neighbours)
        }
        places[entry.question] = nil
        byteCount -= entry.byteCount
        entries[place] = nil
        freePlaces.append(place)
    }
}

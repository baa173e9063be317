import NIOCore
import Synchronization

/// A cache that all threads use, in parts so that they seldom wait for each other.
final class SharedAnswerCache: Sendable {
    /// What has been looked up, and what there is.
    struct Counts {
        /// Answers that were given as they are.
        var fresh: UInt64 = 0
        /// Answers left for want of room.
        var evictions: UInt64 = 0
        /// Answers there are.
        var entries = 0
        /// What they take, by estimate.
        var bytes = 0
    }

    private final class Part: Sendable {
        struct State {
            var cache: AnswerCache
            var freshCount: UInt64 = 0
        }

        let state: Mutex<State>

        init(limits: CacheLimits) {
            state = Mutex(State(cache: AnswerCache(limits: limits)))
        }
    }

    /// Parts of a large cache; a power of two.
    private static let partCount = 16
    /// With fewer entries in a part, its own limit would be reached long before the cache's.
    private static let smallestPart = 256

    private let parts: [Part]

    /// An empty cache; its parts share the limits.
    init(limits: CacheLimits) {
        let isLarge = limits.entries >= Self.partCount * Self.smallestPart
        let count = isLarge ? Self.partCount : 1
        var share = limits
        share.entries /= count
        share.bytes /= count
        parts = (0..<count).map { [share] _ in Part(limits: share) }
    }

    /// What is known of a question.
    func find(_ question: UpstreamQuestion, now: NIODeadline) -> AnswerCache.Finding {
        part(of: question).state.withLock { state in
            let finding = state.cache.find(question, now: now)
            if case .fresh = finding { state.freshCount += 1 }
            return finding
        }
    }

    /// Keeps an answer, if it may be kept.
    func store(_ answer: UpstreamAnswer, for question: UpstreamQuestion, now: NIODeadline) {
        part(of: question).state.withLock { state in
            state.cache.store(answer, for: question, now: now)
        }
    }

    /// Remembers that servers could not be asked.
    func storeFailure(
        _ failure: ForwardingFailure, for question: UpstreamQuestion, now: NIODeadline
    ) {
        part(of: question).state.withLock { state in
            state.cache.storeFailure(failure, for: question, now: now)
        }
    }

    /// The counts of all parts together.
    func counts() -> Counts {
        parts.reduce(into: Counts()) { counts, part in
            part.state.withLock { state in
                counts.fresh += state.freshCount
                counts.evictions += state.cache.evictions
                counts.entries += state.cache.count
                counts.bytes += state.cache.byteCount
            }
        }
    }

    private func part(of question: UpstreamQuestion) -> Part {
        guard parts.count > 1 else { return parts[0] }
        return parts[Int(question.partition & UInt(parts.count - 1))]
    }
}

import Addressing

/// What becomes of one more answer to a client.
enum RateVerdict: Hashable, Sendable {
    /// It is sent.
    case answer
    /// Only its head is sent, truncated: a real client comes back over TCP.
    case truncate
    /// Nothing is sent.
    case drop
}

/// How many answers each of some clients may still get: a token bucket for each, in a table of
/// fixed size.
///
/// A bucket holds the answers of one second and fills evenly. Of the answers past it every second
/// one is sent truncated: whoever writes a victim's address on queries gets it less than it sent,
/// and a client that is itself too quick learns that TCP is open to it.
struct RateBuckets {
    /// Clients that share the places of one set; the one that was longest silent makes room.
    static let places = 8

    private struct Bucket {
        var client: IPAddress?
        /// When the bucket will be full again.
        var fullAt: UInt64 = 0
        var excess: UInt32 = 0
    }

    private static let second: UInt64 = 1_000_000_000
    private var buckets: [Bucket]
    private let sets: Int
    private let interval: UInt64

    /// Buckets for this many clients.
    ///
    /// - Parameters:
    ///   - clients: how many there are places for, rounded up to whole sets.
    ///   - answersPerSecond: how many answers a client gets; at least 1.
    init(clients: Int, answersPerSecond: Int) {
        precondition(clients > 0 && answersPerSecond > 0)
        sets = (clients + Self.places - 1) / Self.places
        buckets = Array(repeating: Bucket(), count: sets * Self.places)
        interval = max(1, Self.second / UInt64(answersPerSecond))
    }

    /// Takes one answer from a client's bucket.
    ///
    /// - Parameters:
    ///   - client: who asks.
    ///   - hash: of the client, unpredictable to others; chooses its set.
    ///   - now: nanoseconds of a clock that never goes back.
    /// - Returns: what becomes of the answer.
    mutating func take(_ client: IPAddress, hash: UInt, now: UInt64) -> RateVerdict {
        let index = place(of: client, set: Int(hash % UInt(sets)))
        let fullAt = max(buckets[index].fullAt, now) + interval
        if fullAt <= now + Self.second {
            buckets[index].fullAt = fullAt
            return .answer
        }
        buckets[index].excess &+= 1
        return buckets[index].excess % 2 == 1 ? .truncate : .drop
    }

    /// Where the client's bucket is; a new one takes the place that was longest unused.
    private mutating func place(of client: IPAddress, set: Int) -> Int {
        let first = set * Self.places
        var oldest = first
        for index in first..<first + Self.places {
            if buckets[index].client == client { return index }
            if buckets[index].fullAt < buckets[oldest].fullAt { oldest = index }
        }
        buckets[oldest] = Bucket(client: client)
        return oldest
    }
}

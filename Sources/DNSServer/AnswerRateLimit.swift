import Addressing
import Synchronization

/// The answers that each client gets over UDP; shared by all threads.
///
/// TCP is not limited: its clients are who they say, and their connections are counted.
final class AnswerRateLimit: Sendable {
    /// Clients that are remembered: each part takes 40 KiB.
    private static let clientsOfPart = 1_024
    private static let partCount = 16

    /// Some of the clients, apart so that threads seldom meet.
    private final class Part: Sendable {
        let buckets: Mutex<RateBuckets>

        init(answersPerSecond: Int) {
            buckets = Mutex(
                RateBuckets(clients: clientsOfPart, answersPerSecond: answersPerSecond))
        }
    }

    private let parts: [Part]

    /// Fails if there is no limit.
    init?(answersPerSecond: Int) {
        guard answersPerSecond > 0 else { return nil }
        parts = (0..<Self.partCount).map { _ in Part(answersPerSecond: answersPerSecond) }
    }

    /// What becomes of one more answer to a client; `now` in nanoseconds.
    func verdict(for client: IPAddress, now: UInt64) -> RateVerdict {
        // Swift's hashes are seeded for each process: nobody knows whom he shares a set with.
        let hash = UInt(bitPattern: client.hashValue)
        let part = parts[Int(hash >> 32) % parts.count]
        return part.buckets.withLock { $0.take(client, hash: hash, now: now) }
    }
}

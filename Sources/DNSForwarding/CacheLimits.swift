/// How much a cache of answers holds, and for how long.
package struct CacheLimits: Hashable, Sendable {
    /// Answers kept, the one least recently asked for going first; 0 keeps none.
    package var entries: Int
    /// Bytes that all answers take, by estimate.
    package var bytes: Int
    /// The longest an answer with records is fresh, whatever its records say.
    package var positiveSeconds: UInt32
    /// The longest an answer without records is fresh (RFC 2308 section 5).
    package var negativeSeconds: UInt32
    /// How long a failure of all servers is remembered; 0 remembers none.
    ///
    /// RFC 2308 section 7 allows 300, RFC 9520 demands 1.
    package var failureSeconds: UInt32
    /// How long after its end an answer is still given while servers fail (RFC 8767); 0 for never.
    package var staleSeconds: UInt32
    /// The time to live that such an answer tells (RFC 8767 section 4).
    package var staleTimeToLive: UInt32
    /// How long such an answer is given without asking again, once servers failed to renew it.
    package var staleRecheckSeconds: UInt32

    /// As CoreDNS has it, except that an answer outlives its servers by a day.
    package init(
        entries: Int = 20_000, bytes: Int = 32 << 20, positiveSeconds: UInt32 = 3_600,
        negativeSeconds: UInt32 = 30, failureSeconds: UInt32 = 5, staleSeconds: UInt32 = 86_400,
        staleTimeToLive: UInt32 = 30, staleRecheckSeconds: UInt32 = 30
    ) {
        self.entries = entries
        self.bytes = bytes
        self.positiveSeconds = positiveSeconds
        self.negativeSeconds = negativeSeconds
        self.failureSeconds = failureSeconds
        self.staleSeconds = staleSeconds
        self.staleTimeToLive = staleTimeToLive
        self.staleRecheckSeconds = staleRecheckSeconds
    }
}

import Addressing

/// When each address is announced: three times while it is news, then for ever at a slow rate.
///
/// The slow ones are for neighbours that missed it or were restarted. Knows no clock.
struct AnnouncementTimes: Sendable {
    /// Between the first announcements of an address.
    static let quickInterval = Duration.seconds(1)
    /// How many announcements of an address follow each other quickly.
    static let quickCount = 3

    private struct Entry {
        var next: ContinuousClock.Instant
        var quickLeft = AnnouncementTimes.quickCount
    }

    private let slowInterval: Duration
    private var entries: [IPAddress: Entry] = [:]

    /// Nothing is announced yet.
    init(slowInterval: Duration) {
        self.slowInterval = slowInterval
    }

    /// Begins to announce an address, at once.
    mutating func begin(_ address: IPAddress, at now: ContinuousClock.Instant) {
        entries[address] = Entry(next: now)
    }

    /// Announces an address no more.
    mutating func end(_ address: IPAddress) {
        entries[address] = nil
    }

    /// Returns the addresses to announce now, and counts on it being done.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [IPAddress] {
        var due: [IPAddress] = []
        for (address, var entry) in entries where entry.next <= now {
            due.append(address)
            entry.quickLeft = max(0, entry.quickLeft - 1)
            entry.next = now + (entry.quickLeft > 0 ? Self.quickInterval : slowInterval)
            entries[address] = entry
        }
        return due.sorted()
    }
}

package import ServiceModel

/// When Services that the kernel refused are tried again; pure.
///
/// It may have been short of memory for a moment. But it may as well refuse a Service for what it
/// is, and each try costs a reading of everything, so that each waits longer than the one before.
package struct RefusalPace: Sendable {
    /// How long the first try again is put off.
    package static let shortestDelay = Duration.seconds(10)
    /// The longest that one is put off.
    package static let longestDelay = Duration.seconds(300)

    private var waiting: [ServiceIdentity: (delay: Duration, next: ContinuousClock.Instant)] = [:]

    /// Nothing was refused.
    package init() {}

    /// Notes which of the Services that were tried the kernel refused.
    package mutating func note(
        tried: some Sequence<ServiceIdentity>, refused: some Collection<ServiceIdentity>,
        at now: ContinuousClock.Instant
    ) {
        guard !waiting.isEmpty || !refused.isEmpty else { return }
        let refused = Set(refused)
        for service in tried where !refused.contains(service) { waiting[service] = nil }
        for service in refused {
            let delay = waiting[service].map { min($0.delay * 2, Self.longestDelay) }
            waiting[service] = (delay ?? Self.shortestDelay, now + (delay ?? Self.shortestDelay))
        }
    }

    /// The Services that are to be tried again now, which is told once for each try.
    package mutating func takeDue(at now: ContinuousClock.Instant) -> Set<ServiceIdentity> {
        guard !waiting.isEmpty else { return [] }
        let due = Set(waiting.lazy.filter { now >= $0.value.next }.map(\.key))
        for service in due { waiting[service]?.next = now + Self.longestDelay }
        return due
    }
}

import FoundationEssentials

/// Reads the time at which an endpoint changed, as its slice's annotation says.
enum ChangeTime {
    /// Seconds from an RFC 3339 time (with or without fractions) until now; nil if unreadable.
    static func seconds(since text: String, now: Date) -> Double? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let date = (try? Date(text, strategy: style)) ?? (try? Date(text, strategy: .iso8601))
        return date.map { now.timeIntervalSince($0) }
    }
}

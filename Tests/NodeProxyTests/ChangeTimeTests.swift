import Foundation
import Testing

@testable import NodeProxy

@Suite("When an endpoint changed")
struct ChangeTimeTests {
    /// Ten seconds into the year 2026.
    private let now = Date(timeIntervalSince1970: 1_767_225_610)

    @Test(
        "times with and without fractions, and of other time zones, are read",
        arguments: [
            ("2026-01-01T00:00:00Z", 10), ("2026-01-01T00:00:09.750Z", 0.25),
            ("2026-01-01T00:00:09.500000000Z", 0.5), ("2026-01-01T01:00:00+01:00", 10),
            ("2026-01-01T00:00:12Z", -2),
        ])
    func read(text: String, seconds: Double) throws {
        let read = try #require(ChangeTime.seconds(since: text, now: now))
        #expect(abs(read - seconds) < 0.001)
    }

    @Test("what is no time is nil", arguments: ["", "yesterday", "2026-01-01", "1767225600"])
    func unreadable(text: String) {
        #expect(ChangeTime.seconds(since: text, now: now) == nil)
    }
}

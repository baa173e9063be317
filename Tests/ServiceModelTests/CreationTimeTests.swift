import ServiceModel
import Testing

@Suite("When an object was created")
struct CreationTimeTests {
    @Test("times are in their order, to the second")
    func order() throws {
        let texts = [
            "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z",
            "2026-01-01T00:01:00Z", "2026-01-01T01:00:00Z", "2026-02-01T00:00:00Z",
        ]
        let times = try texts.map { try #require(CreationTime($0)) }
        #expect(times == times.sorted() && Set(times).count == times.count)
        #expect(CreationTime("2026-01-01T00:00:01.987654Z") == times[2])
    }

    @Test(
        "what is no time in UTC is none",
        arguments: [
            "", "2026-01-01", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+01:00", "2026-01-01T0a:00:00Z", "2026/01/01T00:00:00Z",
            "20260101T000000Z",
        ])
    func refused(text: String) {
        #expect(CreationTime(text) == nil)
    }
}

import Foundation
import KubeAPI
import Testing

@Suite("Times as Leases and slices bear them")
struct MicroTimeTests {
    @Test("are written with all six digits of their microseconds")
    func text() {
        #expect(MicroTime.text(microsecondsSince1970: 0) == "1970-01-01T00:00:00.000000Z")
        #expect(
            MicroTime.text(microsecondsSince1970: 1_767_225_600_000_250)
                == "2026-01-01T00:00:00.000250Z")
    }

    @Test("are the dates that Foundation says, through leap years and centuries")
    func dates() {
        let style = Date.ISO8601FormatStyle()
        for day in stride(from: UInt64(0), to: 100_000, by: 13) {
            let seconds = day * 86_400 + day % 86_400
            let text = MicroTime.text(microsecondsSince1970: seconds * 1_000_000 + 7)
            let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
            #expect(text == expected.dropLast() + ".000007Z")
        }
    }
}

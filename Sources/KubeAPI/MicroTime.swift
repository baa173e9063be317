/// Kubernetes' `MicroTime`: a moment with six digits of a second.
package enum MicroTime {
    private static let microsecondsADay: UInt64 = 86_400_000_000

    /// A moment as RFC 3339 writes it, for example `2026-01-31T12:00:00.000250Z`.
    ///
    /// Kubernetes refuses other than six digits.
    package static func text(microsecondsSince1970 microseconds: UInt64) -> String {
        let (days, rest) = microseconds.quotientAndRemainder(dividingBy: microsecondsADay)
        let (year, month, day) = date(daysSince1970: Int(days))
        let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
        let time = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded($0, to: 2) }
        let date = [padded(year, to: 4), padded(month, to: 2), padded(day, to: 2)]
        return "\(date.joined(separator: "-"))T\(time.joined(separator: ":"))"
            + ".\(padded(fraction, to: 6))Z"
    }

    /// The Gregorian date of a day, counted in years that begin in March, so that the day of a
    /// leap year comes last.
    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        // 1 March of the year 0; 400 years have 146,097 days.
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // Five months have 153 days, whichever of them comes first.
        let monthOfYear = (5 * dayOfYear + 2) / 153
        let month = monthOfYear < 10 ? monthOfYear + 3 : monthOfYear - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthOfYear + 2) / 5 + 1)
    }

    private static func padded(_ number: some BinaryInteger, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

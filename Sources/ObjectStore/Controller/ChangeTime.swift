import FoundationEssentials
import KubeAPI

/// When endpoints changed, as slices tell it to whoever measures how soon traffic follows.
enum ChangeTime {
    /// A time since 1970 as RFC 3339 writes it, for example `2026-01-31T12:00:00.000250Z`.
    ///
    /// Proxies may be done within a millisecond, so the fraction has to be finer than that.
    static func text(microseconds: UInt64) -> String {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        let digits = String(rest)
        let zeros = String(repeating: "0", count: 6 - digits.count)
        return "\(whole.dropLast()).\(zeros)\(digits)Z"
    }
}

extension EndpointSliceObject {
    /// The slice with the time of its endpoints' last change: `now` if they differ from those
    /// it had before, the time that it bore otherwise, so that it equals an unchanged slice.
    func timed(now: String, before: ClusterObject?) -> EndpointSliceObject {
        var result = self
        var time: String? = now
        if case .endpointSlice(let before)? = before,
            before.endpoints == endpoints, before.ports == ports
        {
            time = before.metadata.annotations?[WellKnown.lastChangeTriggerTime]
        }
        guard let time else { return result }
        result.metadata.annotations = metadata.annotations ?? [:]
        result.metadata.annotations?[WellKnown.lastChangeTriggerTime] = time
        return result
    }
}

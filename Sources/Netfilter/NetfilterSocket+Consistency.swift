internal import CNetfilter
internal import Glibc

extension NetfilterSocket {
    /// How often a listing is tried that changes of the ruleset overtake.
    private static let maximumAttempts = 20

    /// Reads something as it was at one moment.
    ///
    /// A listing is many messages, and any commit in between may tear it, so it is tried again
    /// until nobody commits meanwhile. Throws `EINTR` if somebody does in each of many attempts;
    /// two listings that agree would be no proof, because both may be torn at the same place.
    package mutating func consistently<Result>(
        _ read: (inout NetfilterSocket) throws(NetfilterError) -> Result
    ) throws(NetfilterError) -> Result {
        for _ in 0..<Self.maximumAttempts {
            isInterrupted = false
            do throws(NetfilterError) {
                let before = try generation()
                let result = try read(&self)
                if try generation() == before, !isInterrupted { return result }
            } catch {
                // Listed in parts that do not fit together, or gone between two listings.
                guard error.code == EINTR || isInterrupted, error.code != ECANCELED else {
                    throw error
                }
            }
        }
        throw NetfilterError(.read, code: EINTR)
    }
}

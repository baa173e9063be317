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
    /// Within another reading nothing is tried again, but by that one.
    package mutating func consistently<Result>(
        _ read: (inout NetfilterSocket) throws(NetfilterError) -> Result
    ) throws(NetfilterError) -> Result {
        guard steadyGeneration == nil else {
            let result = try read(&self)
            try requireSteady()
            return result
        }
        for _ in 0..<Self.maximumAttempts {
            isInterrupted = false
            let before = try generation()
            steadyGeneration = before
            defer { steadyGeneration = nil }
            do throws(NetfilterError) {
                let result = try read(&self)
                try requireSteady()
                return result
            } catch {
                // Listed in parts that do not fit together, or gone between two listings.
                guard error.code != ECANCELED else { throw error }
                if error.code == EINTR || isInterrupted { continue }
                guard error.isNotFound, try generation() != before else { throw error }
            }
        }
        throw NetfilterError(.read, code: EINTR)
    }

    /// Throws `EINTR` if somebody has committed since a reading began that goes on.
    mutating func requireSteady() throws(NetfilterError) {
        guard let before = steadyGeneration else { return }
        guard !isInterrupted, try generation() == before else {
            throw NetfilterError(.read, code: EINTR)
        }
    }
}

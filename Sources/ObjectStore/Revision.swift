import Glibc

/// The store's revision: grows by one with every change; `resourceVersion` is its text.
package typealias Revision = UInt64

extension Revision {
    /// A revision above all that an earlier process can have given out.
    ///
    /// The store's history does not outlive the process, so a client's revision from before a
    /// restart must be too old afterwards, never by chance a valid one. Microseconds since 1970
    /// do that without a file: no store makes a million changes a second. They stay below 2⁵³
    /// until the year 2255, which matters to clients in JavaScript.
    package static func ofThisMoment() -> Revision {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Revision(now.tv_sec) * 1_000_000 + Revision(now.tv_nsec / 1000)
    }
}

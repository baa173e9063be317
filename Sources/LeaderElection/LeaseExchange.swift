/// What an election asks of whoever keeps the Lease.
package enum LeaseRequest: Hashable, Sendable {
    case read
    /// Write it, if there is none.
    case create(LeaseRecord)
    /// Write it, if it still has this version.
    case update(LeaseRecord, version: String)

    /// What is to be written.
    package var record: LeaseRecord? {
        switch self {
        case .read: nil
        case .create(let record), .update(let record, _): record
        }
    }
}

/// What came of it.
package enum LeaseAnswer: Hashable, Sendable {
    /// The Lease as it is.
    case found(LeaseRecord, version: String)
    /// There is none.
    case absent
    /// It was written, and has this version now.
    case written(version: String)
    /// It was not written: somebody else had.
    case conflict
    /// Nobody knows: refused, or no answer in time. It may have been written, or be yet.
    case failed
}

import ClusterDNS
import Synchronization

/// What queries are answered from: one value, replaced whole.
struct ServedNames: Sendable {
    /// The names of the cluster.
    var zone: ClusterZone
    /// Whether the zone has all names there are; before that nobody may be told that there is
    /// no such name.
    var isComplete = false
    /// Who may have names outside the zone resolved.
    var recursionSources: AddressList
}

/// The names as they are now, for all threads that answer.
///
/// A thread keeps a copy of its own and looks only whether there is a newer one, so that queries
/// neither wait for whoever writes nor count references together with other threads.
final class PublishedNames: Sendable {
    private let names: Mutex<ServedNames>
    private let version = Atomic<UInt64>(1)

    /// Publishes the first names.
    init(_ names: ServedNames) {
        self.names = Mutex(names)
    }

    /// Replaces the names.
    func publish(_ new: ServedNames) {
        // The old ones are let go outside the lock: they may be the last copy of a large zone.
        let old = names.withLock { names in
            defer { names = new }
            return names
        }
        version.add(1, ordering: .releasing)
        withExtendedLifetime(old) {}
    }

    /// The names now.
    var current: ServedNames { names.withLock { $0 } }

    /// A number that changes with the names.
    var currentVersion: UInt64 { version.load(ordering: .acquiring) }
}

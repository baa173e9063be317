internal import Glibc
internal import Ruleset

extension NetfilterSocket {
    /// True if this kernel has tables that only their maker may change and that outlive it: the
    /// flags `owner` (Linux 5.12) and `persist` (Linux 6.9).
    ///
    /// Tries it: makes such a table and removes it in the same transaction, so that nobody ever
    /// sees it.
    package mutating func supportsTableOwnership() throws(NetfilterError) -> Bool {
        let trial = TableID(.ip, "sluice-trial")
        do throws(NetfilterError) {
            try commit([
                .createTable(trial, flags: [.owner, .persist], comment: nil), .deleteTable(trial),
            ])
            return true
        } catch {
            guard error.operation == .commit, error.code == EOPNOTSUPP else { throw error }
            return false
        }
    }
}

/// Whether a predecessor's tables can be trusted after a restart: until the next reboot, as all
/// that is noted here.
extension HostJournal {
    /// Whether the role's tables once held everything that was known.
    package var hasCompleteTables: Bool { records.hasCompleteTables ?? false }

    /// Notes that the role's tables hold everything that is known.
    package func noteCompleteTables() throws(HostJournalError) {
        guard !hasCompleteTables else { return }
        var noted = records
        noted.hasCompleteTables = true
        try note(noted)
    }
}

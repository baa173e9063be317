package import Addressing

/// Where UDP was served, so that flows can be found whose frontend went while nobody was there.
///
/// Somebody else may translate what is sent to a node's address; what is noted here was translated
/// by this role's tables, even if they are gone as well.
extension HostJournal {
    /// How many places are noted; flows to those beyond are left to their timeout.
    static let maximumDatagramFrontends = 4_096

    /// Where the role's tables serve UDP, and where they did until the flows there were deleted.
    package var datagramFrontends: Set<SocketEndpoint> {
        Set((records.datagramFrontends ?? []).map(\.place))
    }

    /// Notes where UDP is served now; what was noted before stays, unless it is to be forgotten.
    package func noteDatagramFrontends(
        _ places: Set<SocketEndpoint>, forgettingOthers: Bool
    ) throws(HostJournalError) {
        let before = datagramFrontends
        let kept = forgettingOthers ? [] : before.subtracting(places).sorted()
        // Those that went come first: of them nothing else tells.
        let wanted = (kept + places.sorted()).prefix(Self.maximumDatagramFrontends)
        guard Set(wanted) != before else { return }
        var noted = records
        noted.datagramFrontends =
            wanted.isEmpty ? nil : wanted.map { DatagramFrontendRecord(place: $0) }
        try note(noted)
    }
}

package import Addressing
package import Netfilter

/// Many addresses at once, as when a balancer takes over from another one: the file is written
/// twice at most, and the host's addresses are listed once.
extension HostJournal {
    /// Puts addresses on an interface, each alone on the link; those that were there already stay
    /// somebody else's.
    ///
    /// - Parameters:
    ///   - addresses: what is put there.
    ///   - interface: the name of what gets them.
    ///   - lifetime: asked for each anew, because many take a while. Those that are there already
    ///     keep the time that they have.
    /// - Throws: what keeps all of them off.
    /// - Returns: those that the kernel refused, with the reasons; the others are there.
    package func addAddresses(
        _ addresses: [IPAddress], interface: String,
        lifetime: @Sendable () -> AddressLifetime = { .forEver }
    ) throws(HostJournalError) -> [IPAddress: NetworkError] {
        let records = addresses.map {
            AddressRecord(address: $0, prefixLength: $0.family.addressBits, interface: interface)
        }
        let presences = try ask { () throws(NetworkError) in try network.presences(of: records) }
        let known = Set(self.records.addresses)
        var noted = self.records
        noted.addresses += records.filter { presences[$0] != .foreign && !known.contains($0) }
        try note(noted)
        var refused: [IPAddress: NetworkError] = [:]
        var unmade: Set<AddressRecord> = []
        for record in records where presences[record] == .missing {
            do throws(NetworkError) {
                let isMade =
                    switch lifetime() {
                    case .forEver: try network.add(record, forSeconds: nil)
                    case .seconds(let seconds): try network.add(record, forSeconds: seconds)
                    case .over: false
                    }
                if !isMade { unmade.insert(record) }
            } catch {
                refused[record.address] = error
                unmade.insert(record)
            }
        }
        noted.addresses.removeAll { unmade.contains($0) && !known.contains($0) }
        try note(noted)
        return refused
    }

    /// Takes addresses off again that this journal put there and that no other role needs.
    package func removeAddresses(_ removed: [AddressRecord]) throws(HostJournalError) {
        guard !removed.isEmpty else { return }
        let known = Set(records.addresses)
        let shared = Set(try others().addresses)
        let presences = try ask { () throws(NetworkError) in try network.presences(of: removed) }
        var gone: Set<AddressRecord> = []
        var refusals: [NetworkError] = []
        for record in removed where known.contains(record) {
            do throws(NetworkError) {
                if presences[record] == .ours, !shared.contains(record) {
                    try network.remove(record)
                }
                gone.insert(record)
            } catch {
                refusals.append(error)
            }
        }
        var noted = records
        noted.addresses.removeAll(where: gone.contains)
        try note(noted)
        guard refusals.isEmpty else {
            throw HostJournalError(refusing: refusals, file: file.path)
        }
    }
}

extension HostNetwork {
    /// Whether each of these addresses is on the host, and whose it is.
    func presences(
        of addresses: [AddressRecord]
    ) throws(NetworkError) -> [AddressRecord: Presence] {
        var presences: [AddressRecord: Presence] = [:]
        for address in addresses { presences[address] = try presence(of: address) }
        return presences
    }
}

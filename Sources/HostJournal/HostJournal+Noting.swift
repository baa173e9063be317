import Netfilter

/// The order of every change: note it, make it.
extension HostJournal {
    /// Writes records down and makes the change; one that is not made is struck out again.
    func note(
        _ noted: HostRecords, then make: () throws(NetworkError) -> Bool = { true }
    ) throws(HostJournalError) {
        let before = records
        try store(noted)
        let isMade: Bool
        do throws(NetworkError) {
            isMade = try make()
        } catch {
            try store(before)
            throw HostJournalError(refusing: [error], file: file.path)
        }
        if !isMade { try store(before) }
    }

    /// Writes records down; no file is left when there are none.
    private func store(_ noted: HostRecords) throws(HostJournalError) {
        guard noted != records else { return }
        if noted.isEmpty {
            try file.remove()
        } else {
            try file.store(JournalFile.Content(boot: boot, records: noted))
        }
        records = noted
    }

    /// Asks the host, and tells a refusal in the journal's words.
    func ask<Answer>(
        _ question: () throws(NetworkError) -> Answer
    ) throws(HostJournalError) -> Answer {
        do throws(NetworkError) {
            return try question()
        } catch {
            throw HostJournalError(refusing: [error], file: file.path)
        }
    }

    /// What all other roles of this directory noted since the last reboot.
    func others() throws(HostJournalError) -> HostRecords {
        var all = HostRecords()
        for role in try JournalFile.roles(in: file.directory) where role != file.role {
            let other = JournalFile(directory: file.directory, role: role)
            guard let content = try other.load(), content.boot == boot else { continue }
            all.sysctls += content.records.sysctls
            all.addresses += content.records.addresses
            all.routes += content.records.routes
            if let ports = content.records.reservedPorts {
                all.reservedPorts = ports.union(all.reservedPorts ?? PortSet())
            }
        }
        return all
    }
}

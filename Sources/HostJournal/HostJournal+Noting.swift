import Netfilter

/// The order of every change: note it, make it; and for taking it back: make it, strike it out.
extension HostJournal {
    /// Notes a thing and makes it, unless it is there; what is missing is made again.
    func add<Record: Equatable>(
        _ record: Record, to list: WritableKeyPath<HostRecords, [Record]>,
        presence: () throws(NetworkError) -> Presence, make: () throws(NetworkError) -> Bool
    ) throws(HostJournalError) {
        let found = try ask(presence)
        guard found != .foreign else { return }
        var noted = records
        if !noted[keyPath: list].contains(record) { noted[keyPath: list].append(record) }
        if found == .missing {
            try note(noted, then: make)
        } else if noted != records {
            // Ours, but made for another role, or noted in a file that was lost.
            try note(noted)
        }
    }

    /// Takes a noted thing away and strikes it out; what another role noted too stays.
    func remove<Record: Equatable>(
        _ record: Record, from list: WritableKeyPath<HostRecords, [Record]>,
        presence: () throws(NetworkError) -> Presence, undo: () throws(NetworkError) -> Void
    ) throws(HostJournalError) {
        guard records[keyPath: list].contains(record) else { return }
        let isShared = try others()[keyPath: list].contains(record)
        if !isShared, try ask(presence) == .ours { try ask(undo) }
        var noted = records
        noted[keyPath: list].removeAll { $0 == record }
        try note(noted)
    }

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

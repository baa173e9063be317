import Netfilter

extension HostJournal {
    /// Undoes all that was noted, removes the journal and returns a line for each thing undone.
    ///
    /// Settings are set back only if they still have a value that was given here; what is missing
    /// is fine. What the kernel refuses to undo stays noted, the rest is undone all the same.
    /// A second call does nothing.
    package func undo() throws(HostJournalError) -> [String] {
        let needed = try others()
        var lines: [String] = []
        var refusals: [NetworkError] = []
        var remaining = HostRecords()
        // An address goes after the routes that send from it, or the kernel removes those itself.
        for route in records.routes where !needed.routes.contains(route) {
            do throws(NetworkError) {
                guard try network.presence(of: route) == .ours else { continue }
                try network.remove(route)
                lines.append("removed the route \(route)")
            } catch {
                refusals.append(error)
                remaining.routes.append(route)
            }
        }
        for address in records.addresses where !needed.addresses.contains(address) {
            do throws(NetworkError) {
                guard try network.presence(of: address) == .ours else { continue }
                try network.remove(address)
                lines.append("removed the address \(address)")
            } catch {
                refusals.append(error)
                remaining.addresses.append(address)
            }
        }
        for record in records.sysctls where needed.sysctl(record.name) == nil {
            do throws(NetworkError) {
                if let line = try setBack(record) { lines.append(line) }
            } catch {
                refusals.append(error)
                remaining.sysctls.append(record)
            }
        }
        do throws(NetworkError) {
            if let line = try giveBackPorts(needed: needed) { lines.append(line) }
        } catch {
            refusals.append(error)
            remaining.reservedPorts = records.reservedPorts
        }
        guard refusals.isEmpty else {
            try note(remaining)
            throw HostJournalError(refusing: refusals, file: file.path)
        }
        try file.remove()
        records = HostRecords()
        return lines
    }

    /// Gives a setting its first value again, if it has one of ours; returns what was done.
    private func setBack(_ record: SysctlRecord) throws(NetworkError) -> String? {
        let current: String
        do throws(NetworkError) {
            current = try network.sysctl(record.name)
        } catch {
            // Settings of an interface go with it.
            if error.isNotFound { return nil }
            throw error
        }
        guard record.gave(current), !SysctlRecord.isSame(current, record.before) else {
            return nil
        }
        try network.setSysctl(record.name, to: record.before)
        return "set \(record.name) back from \(current) to \(record.before)"
    }
}

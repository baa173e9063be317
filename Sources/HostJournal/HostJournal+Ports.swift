import Netfilter

/// Ports that the kernel shall not give to local processes by itself.
extension HostJournal {
    /// The kernel's list of them; it counts for both address families.
    static let reservedPorts = "net.ipv4.ip_local_reserved_ports"

    /// Reserves these ports of this host, and gives those back that were reserved here before.
    ///
    /// What the host's operator has in the list stays as it is, at all times: only what was added
    /// here is ever taken out. If the list would be too long for the kernel, gaps are reserved too.
    package func reservePorts(_ ports: PortSet) throws(HostJournalError) {
        let current = try readReservedPorts()
        let ours = records.reservedPorts ?? PortSet()
        let shared = try others().reservedPorts ?? PortSet()
        let foreign = current.subtracting(ours).subtracting(shared)
        // Those that another role holds are noted here as well, so that they outlive it.
        let wanted = foreign.union(shared).union(ports).fittingText
        let noted = wanted.subtracting(foreign).subtracting(shared.subtracting(ports))
        var next = records
        next.reservedPorts = noted.isEmpty ? nil : noted
        guard wanted != current else { return try note(next) }
        // While the value is being written both count as ours: the process may die in between.
        var both = next
        both.reservedPorts = noted.union(ours)
        try note(both) { () throws(NetworkError) in
            try network.setSysctl(Self.reservedPorts, to: wanted.text)
            return true
        }
        try note(next)
    }

    /// Takes the ports out of the kernel's list that were put there; returns a line if there were
    /// any.
    func giveBackPorts(needed: HostRecords) throws(NetworkError) -> String? {
        guard let ours = records.reservedPorts?.subtracting(needed.reservedPorts ?? PortSet()),
            let current = PortSet(text: try network.sysctl(Self.reservedPorts))
        else { return nil }
        let rest = current.subtracting(ours)
        guard rest != current else { return nil }
        try network.setSysctl(Self.reservedPorts, to: rest.text)
        return "took \(current.subtracting(rest).text) out of \(Self.reservedPorts)"
    }

    private func readReservedPorts() throws(HostJournalError) -> PortSet {
        let text = try ask { () throws(NetworkError) in try network.sysctl(Self.reservedPorts) }
        guard let ports = PortSet(text: text) else {
            throw HostJournalError(
                .unreadable, file: file.path, reason: "\(Self.reservedPorts) is \"\(text)\"")
        }
        return ports
    }
}

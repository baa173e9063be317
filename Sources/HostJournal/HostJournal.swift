package import Addressing
import Netfilter

/// What one role changed on this host outside its tables, written down before it is changed.
///
/// Each change is noted in `host-ROLE.json` first and made then, so that whenever the process
/// dies, the file tells everything that there may be to undo. What was there already is not
/// noted: it is not ours. Several roles may share a host and a directory: what two of them need
/// stays until the last of them undoes it. Of a setting they must want the same value.
///
/// Calls run on a queue of their own, one after another, because the kernel and the disk are
/// waited for.
package actor HostJournal {
    let file: JournalFile
    let network: any HostNetwork
    let boot: String
    /// What this role changed, as far as is known.
    package internal(set) var records = HostRecords()
    private let executor = BlockingExecutor(label: "sluice.host-journal")

    /// Runs the actor on a thread that may block.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the journal of a role and reads what was noted in it; changes nothing.
    ///
    /// What was noted before the last reboot is forgotten, as the kernel forgot it. The directory
    /// is made when something is noted. A role's name is of letters, digits and hyphens, such as
    /// `proxy`. Without a namespace the process's own network is the one that is changed.
    package init(
        directory: String, role: String, inNamespace namespace: String? = nil
    ) throws(HostJournalError) {
        try self.init(
            file: JournalFile(directory: directory, role: role),
            network: KernelNetwork(namespace: namespace))
    }

    init(file: JournalFile, network: any HostNetwork) throws(HostJournalError) {
        self.file = file
        self.network = network
        do {
            boot = try network.bootID()
        } catch {
            throw HostJournalError(refusing: [error], file: file.path)
        }
        if let content = try file.load(), content.boot == boot { records = content.records }
    }

    /// The roles that have a journal in a directory, in order.
    package static func roles(in directory: String) throws(HostJournalError) -> [String] {
        try JournalFile.roles(in: directory)
    }

    /// Moves a role's journal to a file beside it, unread, and returns that file's path.
    ///
    /// For a journal that is beyond mending: what it tells is then no longer undone.
    package static func setAside(
        directory: String, role: String
    ) throws(HostJournalError) -> String {
        try JournalFile(directory: directory, role: role).setAside()
    }

    /// Gives a kernel setting, such as `net.ipv4.ip_forward`, another value.
    ///
    /// The value it had at first is remembered, or what somebody gave it since; one that it has
    /// already is no change.
    package func setSysctl(_ name: String, to value: String) throws(HostJournalError) {
        let current = try ask { () throws(NetworkError) in try network.sysctl(name) }
        let known = records.sysctl(name)
        var noted = records
        if SysctlRecord.isSame(current, value), known != nil { return }
        let shared = try others().sysctl(name).flatMap { $0.gave(current) ? $0 : nil }
        if SysctlRecord.isSame(current, value) {
            guard let shared else { return }
            noted.sysctls.append(shared)
            return try note(noted)
        }
        let before = shared?.before ?? current
        var record =
            known.flatMap { $0.gave(current) ? $0 : nil }
            ?? SysctlRecord(name: name, before: before, values: [])
        record.values.removeAll { SysctlRecord.isSame($0, value) }
        record.values.append(value)
        noted.sysctls.removeAll { $0.name == name }
        noted.sysctls.append(record)
        try note(noted) { () throws(NetworkError) in
            try network.setSysctl(name, to: value)
            return true
        }
    }

    /// Adds a route to a range of Services; one that was there already stays somebody else's.
    ///
    /// The interface is the one that has the node's address, and `source` is that address: what
    /// this host's processes then send from. Both are of the range's family.
    package func addRoute(
        to destination: CIDRBlock, interface: String, source: IPAddress
    ) throws(HostJournalError) {
        let record = RouteRecord(destination: destination, interface: interface, source: source)
        let found = try ask { () throws(NetworkError) in try network.presence(of: record) }
        guard found != .foreign else { return }
        var noted = records
        if !noted.routes.contains(record) { noted.routes.append(record) }
        // One that is ours may be made for another role, or noted in a file that was lost.
        guard found == .missing else { return try note(noted) }
        try note(noted) { () throws(NetworkError) in try network.add(record) }
    }
}

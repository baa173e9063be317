import HostJournal

/// Takes the addresses of a balancer that does not run any more off this host.
///
/// A balancer that runs does it itself; one that was killed leaves them, and while another host
/// leads, two would answer for them.
package enum AddressRelease {
    /// Returns a line for each address that was taken off, or says why there was nothing to do.
    package static func run(common: CommonSettings) async throws -> [String] {
        try RoleContext.requireRoot("balancer release")
        let holders = RoleLock.holders(in: common.runtimeDirectory)
        if let balancer = holders.first(where: { $0.role == "balancer" }) {
            return ["sluice balancer (pid \(balancer.pid)) runs, and sees to its addresses"]
        }
        // None starts meanwhile.
        let lock = try RoleLock(role: "balancer", directory: common.runtimeDirectory)
        defer { withExtendedLifetime(lock) {} }
        let journal = try HostJournal(directory: common.stateDirectory, role: "balancer")
        let records = await journal.records.addresses
        try await journal.removeAddresses(records)
        return records.isEmpty
            ? ["no address is left on this host"] : records.map { "released \($0)" }
    }
}

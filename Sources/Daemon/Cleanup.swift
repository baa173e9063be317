import Addressing
import FoundationEssentials
import Forwarding
import HostJournal
import Netfilter
import Ruleset

/// Removes what Sluice made on this host, and reads back that it is gone.
package struct Cleanup {
    /// What was done, for people and for programs.
    package struct Report: Codable, Hashable, Sendable {
        /// One line for each thing removed or set back.
        package var removed: [String] = []

        /// The lines and the verdict.
        package var text: String {
            guard !removed.isEmpty else { return "nothing of sluice was left on this host" }
            return (removed + ["read back: nothing of sluice is left on this host"])
                .joined(separator: "\n")
        }

        /// The same as JSON.
        package func json() throws -> String { try JSONText.text(of: self) }
    }

    private let common: CommonSettings

    /// Prepares to clean up; nothing is changed before `run`.
    package init(_ common: CommonSettings) {
        self.common = common
    }

    /// Removes tables, addresses and routes, and sets sysctls back.
    ///
    /// Refuses while a daemon lives, because it would make everything again.
    package func run() async throws -> Report {
        try RoleContext.requireRoot("cleanup")
        let holders = RoleLock.holders(in: common.runtimeDirectory)
        guard holders.isEmpty else {
            let names = holders.map { "sluice \($0.role) (pid \($0.pid))" }
            throw ToolFailure(
                "\(names.joined(separator: ", ")) still runs on this host; stop it first: "
                    + "systemctl stop sluice-\(holders[0].role), or kill \(holders[0].pid)")
        }
        // No daemon starts meanwhile.
        let locks = try RoleLock.roles.map {
            try RoleLock(role: $0, directory: common.runtimeDirectory)
        }
        defer { withExtendedLifetime(locks) {} }
        var report = Report()
        report.removed += try removeTables()
        for role in try HostJournal.roles(in: common.stateDirectory) {
            let journal = try HostJournal(directory: common.stateDirectory, role: role)
            report.removed += try await journal.undo()
        }
        report.removed += try removeMarked()
        removeRuntimeFiles()
        try prove()
        return report
    }

    private func removeTables() throws -> [String] {
        let ours = try ourTables()
        guard !ours.isEmpty else { return [] }
        do throws(NetfilterError) {
            try commit(ours.map { .deleteTable($0) })
        } catch {
            guard error.isNotPermitted else { throw error }
            throw ToolFailure(
                "another process owns \(ours.map(\.description).joined(separator: ", ")): a "
                    + "sluice with another --runtime-dir, or this is not root (\(error))")
        }
        return ours.map { "table \($0) removed" }
    }

    private func commit(_ changes: [RulesetChange]) throws(NetfilterError) {
        var socket = try NetfilterSocket()
        try socket.commit(changes)
    }

    private func ourTables() throws(NetfilterError) -> [TableID] {
        var socket = try NetfilterSocket()
        let names = [ForwardingLayout.Role.node, .balancer].map(\.tableName)
        let atDevice = IPFamily.allCases.map(DirectReturnLayout.table)
        return try socket.listTables().map(\.id)
            .filter { names.contains($0.name) || atDevice.contains($0) }.sorted()
    }

    /// Addresses and routes that bear our mark, though no journal speaks of them.
    private func removeMarked() throws -> [String] {
        let (addresses, routes) = try marked()
        var socket = try RouteSocket()
        var removed: [String] = []
        for address in addresses {
            _ = try socket.removeAddress(address)
            removed.append("address \(address.address)/\(address.prefixLength) removed")
        }
        for route in routes {
            _ = try socket.removeRoute(route)
            removed.append("route to \(route.destination) removed")
        }
        return removed
    }

    private func marked() throws(NetworkError) -> ([InterfaceAddress], [ServiceRoute]) {
        var socket = try RouteSocket()
        let addresses = try socket.addresses()
        let routes = try socket.serviceRoutes()
        return (addresses.filter(\.isOurs), routes)
    }

    private func removeRuntimeFiles() {
        for role in RoleLock.roles {
            for suffix in ["lock", "sock"] {
                try? FileManager.default.removeItem(
                    atPath: "\(common.runtimeDirectory)/\(role).\(suffix)")
            }
        }
    }

    /// Reads back that nothing is left; throws what still is.
    private func prove() throws {
        let (addresses, routes) = try marked()
        var left = try ourTables().map { "table \($0)" }
        left += addresses.map { "address \($0.address)" }
        left += routes.map { "route to \($0.destination)" }
        left += try HostJournal.roles(in: common.stateDirectory).map { "journal of \($0)" }
        guard left.isEmpty else {
            throw ToolFailure("still there after clean-up: \(left.joined(separator: ", "))")
        }
    }
}

/// Writes values as JSON for programs.
enum JSONText {
    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

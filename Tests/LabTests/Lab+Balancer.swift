import LabKit
import Testing

/// The lab's balancer, and a second one where a test needs two.
extension Lab {
    /// The hosts of both.
    static let balancers = ["balancer", "balancer2"]

    /// Asks the balancer something by its tool; throws its complaint if it fails.
    @discardableResult
    func balancer(_ arguments: String...) async throws -> String {
        try await start("balancer", ["sluice", "balancer"] + arguments).finish().checked().text
    }

    /// Runs the body; afterwards the balancer runs as at first, however that ended.
    func restoringBalancer(_ body: () async throws -> Void) async throws {
        try await restoring(body) {
            try await restart("balancer", "balancer")
            try await Cluster(self).waitUntilServed()
        }
    }

    /// What the balancer tells of itself.
    func balancerStatus() async throws -> String {
        try await balancer("status", "-o", "json")
    }

    /// How many of the Services' addresses a host has.
    func addressCount(of host: String) async throws -> Int {
        var count = 0
        for range in ["198.51.100.0/24", "fd98::/112"] {
            let shown = try await inNetwork(
                of: host, "ip", "-o", "address", "show", "dev", "eth0", "to", range
            ).checked()
            count += shown.text.split(separator: "\n").count
        }
        return count
    }

    /// Waits until one of two balancers has addresses and the other one none.
    ///
    /// - Parameters:
    ///   - what: what is waited for.
    ///   - expected: the host that is to be the one; nil: either.
    ///   - former: the host that is not to be it.
    /// - Returns: the host that has addresses.
    /// - Throws: what was waited for in vain.
    @discardableResult
    func waitForLeader(
        _ what: String, _ expected: String? = nil, otherThan former: String? = nil
    ) async throws -> String {
        var found: String?
        try await eventually(what, within: .seconds(90)) {
            found = try await leader()
            return found != nil && found != former && (expected == nil || found == expected)
        }
        return try #require(found)
    }

    private func leader() async throws -> String? {
        var holders: [String] = []
        for host in Self.balancers where try await addressCount(of: host) > 0 {
            holders.append(host)
        }
        return holders.count == 1 ? holders.first : nil
    }
}

import LabKit

/// One more address of a node, with a way to it from everywhere.
struct NodeAddress: Sendable {
    let node: String
    let family: Family

    var address: String { family == .v4 ? "10.77.0.\(node.suffix(1))" : "fd77::\(node.suffix(1))" }

    /// The node has the address while the body runs.
    func held(by lab: Lab, _ body: () async throws -> Void) async throws {
        let length = family == .v4 ? "32" : "128"
        let way = TestBed.address(of: node, family)
        try await lab.ip(node, "address", "add", "\(address)/\(length)", "dev", "eth0", "nodad")
        for host in ["router"] + Lab.nodes where host != node {
            try await lab.ip(host, "route", "replace", address, "via", way)
        }
        try await lab.restoring(body) {
            try await lab.ip(node, "address", "del", "\(address)/\(length)", "dev", "eth0")
            for host in ["router"] + Lab.nodes where host != node {
                try await lab.ip(host, "route", "del", address)
            }
        }
    }
}

import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Ruleset

/// What it would take to make the kernel equal to the plan.
package struct Difference: Codable, Hashable, Sendable {
    /// Commands of `nft`, one a line; none if there is no difference.
    package var changes: [String]

    init(_ changes: [RulesetChange]) {
        self.changes = ChangeText.lines(of: changes)
    }

    init(lines: [String]) {
        changes = lines
    }

    /// True if the kernel holds just what is planned.
    package var isEmpty: Bool { changes.isEmpty }

    /// The commands, or that there are none.
    package var text: String {
        isEmpty
            ? "no difference: the kernel holds what is planned"
            : changes.joined(separator: "\n")
    }

    /// The same as JSON.
    package func json() throws -> String { try JSONText.text(of: self) }

    /// Asks each daemon that runs on this host for its difference.
    package static func ofRunningDaemons(common: CommonSettings) async throws -> Difference {
        try RoleContext.requireRoot("diff")
        let roles = RoleLock.holders(in: common.runtimeDirectory).map(\.role)
            .filter { $0 != "api" }
        guard !roles.isEmpty else {
            throw ToolFailure(
                "no sluice proxy, balancer or run is on this host to ask for its plan; start one, "
                    + "or give --manifests, --api or --kubeconfig")
        }
        var lines: [String] = []
        for role in roles {
            let path = "\(common.runtimeDirectory)/\(role).sock"
            lines += try await ask(path).changes
        }
        return Difference(lines: lines)
    }

    private static func ask(_ socketPath: String) async throws -> Difference {
        guard let url = URL(httpURLWithSocketPath: socketPath, uri: "/diff") else {
            throw ToolFailure("\(socketPath) is not a path of a socket")
        }
        let request = HTTPClientRequest(url: url.absoluteString)
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 256 << 20)
            guard response.status == .ok else {
                throw ToolFailure("\(socketPath): \(String(buffer: body))")
            }
            return try JSONDecoder().decode(Difference.self, from: Data(body.readableBytesView))
        } catch let failure as ToolFailure {
            throw failure
        } catch {
            throw ToolFailure("\(socketPath) does not answer: \(error)")
        }
    }
}
